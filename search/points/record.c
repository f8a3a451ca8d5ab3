#include "search/points/record.h"

#include "engine/alloc.h"

#include <math.h>

static const double same_unit = 1e-6;

enum { FIRST_ROOM = 64 };

/* Grows one of the record's arrays; the record stays usable when it cannot. */
static bool grow(void **array, size_t count, size_t size_bytes) {
    void *larger = hone_resize(*array, count, size_bytes);

    if (larger != NULL) {
        *array = larger;
    }
    return larger != NULL;
}

static enum hone_code record_make_room(struct points_record *record, size_t count,
    struct hone_err *err) {
    const size_t n = record->layout->space->n;
    size_t room = record->room == 0 ? FIRST_ROOM : record->room;
    void *x_unit = record->x_unit;
    void *active = record->active;
    void *row = record->row;
    bool ok;

    while (room < count) {
        room *= 2;
    }
    if (room == record->room) {
        return HONE_OK;
    }
    ok = grow(&x_unit, room * n + 1, sizeof(double));
    ok = ok && grow(&active, room * n + 1, sizeof(bool));
    ok = ok && grow(&row, room * record->layout->columns + 1, sizeof(double));
    record->x_unit = x_unit;
    record->active = active;
    record->row = row;
    if (!ok) {
        return hone_fail(err, HONE_E_NOMEM, "no memory for the points of %zu trials", room);
    }
    record->room = room;
    return HONE_OK;
}

enum hone_code points_record_read(struct points_record *record, const struct hone_history *history,
    size_t count, struct hone_err *err) {
    const struct hone_space *space = record->layout->space;
    enum hone_code code = record_make_room(record, count, err);

    if (code != HONE_OK) {
        return code;
    }
    for (; record->count < count; record->count++) {
        const double *x_value = history->trial[record->count].x_value;
        double *x_unit = record->x_unit + record->count * space->n;
        bool *active = record->active + record->count * space->n;

        hone_space_encode(space, x_value, x_unit);
        for (size_t p = 0; p < space->n; p++) {
            active[p] = !isnan(x_value[p]);
        }
        points_layout_row(record->layout, x_unit, active,
            record->row + record->count * record->layout->columns);
    }
    return HONE_OK;
}

static bool is_same(const struct points_layout *layout, const double *a, const double *b) {
    for (size_t c = 0; c < layout->columns; c++) {
        bool continuous = layout->scale[layout->column[c].scale].levels == 0;

        if (continuous ? fabs(a[c] - b[c]) >= same_unit : a[c] != b[c]) {
            return false;
        }
    }
    return true;
}

bool points_record_has(const struct points_record *record, const double *row) {
    for (size_t t = 0; t < record->count; t++) {
        if (is_same(record->layout, record->row + t * record->layout->columns, row)) {
            return true;
        }
    }
    return false;
}

void points_record_finish(struct points_record *record) {
    hone_free(record->x_unit);
    hone_free(record->active);
    hone_free(record->row);
    *record = (struct points_record){0};
}
