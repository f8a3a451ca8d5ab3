#include "search/points/points.h"

#include <stdio.h>

/* Of the first points are chosen well apart: each pair of them is looked at. */
enum { APART = 16 };

enum hone_code points_init(struct points *points, const struct hone_space *space,
    struct hone_err *err) {
    points->record.layout = &points->layout;
    return points_layout_init(&points->layout, space, err);
}

enum hone_code points_plan(struct points *points, const struct hone_sampler_setup *setup,
    size_t initial, struct hone_err *err) {
    points->initial = initial;
    return points_design_init(&points->design, &points->layout, setup,
        initial < APART ? initial : APART, err);
}

void points_finish(struct points *points) {
    points_design_finish(&points->design);
    points_record_finish(&points->record);
    points_layout_finish(&points->layout);
}

enum hone_code points_read(struct points *points, const struct hone_history *history,
    size_t count, struct hone_err *err) {
    if (points->history != history || points->record.count > count) {
        points->record.count = 0;
    }
    points->history = history;
    return points_record_read(&points->record, history, count, err);
}

enum hone_code points_spread(struct points *points, const struct hone_view *view,
    const char *part, struct hone_proposal *ret_proposal, struct hone_err *err) {
    ret_proposal->part = part;
    return points_design_ask(&points->design, &points->record, view, ret_proposal, err);
}

enum hone_code points_spread_first(struct points *points, const struct hone_view *view,
    struct hone_proposal *ret_proposal, struct hone_err *err) {
    (void)snprintf(ret_proposal->why, sizeof(ret_proposal->why),
        "the first %zu points are spread evenly", points->initial);
    return points_spread(points, view, "design", ret_proposal, err);
}
