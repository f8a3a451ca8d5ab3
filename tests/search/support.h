/* What the tests of samplers share: spaces made by hand, and asking. */
#ifndef HONE_TESTS_SEARCH_SUPPORT_H
#define HONE_TESTS_SEARCH_SUPPORT_H

#include "engine/arena.h"
#include "engine/sampler.h"
#include "engine/space.h"
#include "engine/trial.h"

#include <stddef.h>
#include <stdint.h>

enum { MAKER_ROOM = 128 };

/* A space being made. Zero-initialise, add parameters, then call make_space. */
struct maker {
    struct hone_arena arena;
    struct hone_space space;
    struct hone_param param[MAKER_ROOM];
    size_t order[MAKER_ROOM];
};

/* Each returns the index of the new parameter. */
size_t add_float(struct maker *maker, double low, double high, bool log, size_t points);
size_t add_stepped(struct maker *maker, double low, double high, double step);
size_t add_int(struct maker *maker, double low, double high, bool log, size_t points);
size_t add_choice(struct maker *maker, size_t choices);

/* The child is active only when the parent has one of `count` values. */
void add_when(struct maker *maker, size_t child, size_t parent, size_t count, const double *value);

const struct hone_space *make_space(struct maker *maker); /* parents before children */
void finish_space(struct maker *maker);

/* The spaces that every sampler is tried on. */
struct named_space {
    const char *name;
    void (*make)(struct maker *maker);
    bool has_grid;
};
extern const struct named_space named_spaces[];
extern const size_t named_space_count;

/* The type's config with every option at its default; one for all, good until it is
 * asked for with another type. */
const void *preset_config(const struct hone_sampler_type *type);

/* A sampler of this type; fails the test when there is none. */
struct hone_sampler *open_sampler(const struct hone_sampler_type *type,
    const struct hone_space *space, uint64_t seed);

/* Asks for trial `asking`; the x_values of the proposal go to ret_x_value.
 * Returns false when there is no further point. */
bool ask_values(struct hone_sampler *sampler, const struct hone_space *space,
    const struct hone_history *history, size_t asking, double *ret_x_value);

/* Appends a complete trial. */
void append_trial(struct hone_history *history, const double *x_value);

/* Appends `count` trials as the sampler proposes them; stops where it is exhausted.
 * Returns how many there were. */
size_t run_trials(struct hone_sampler *sampler, const struct hone_space *space,
    struct hone_history *history, size_t count);

#endif
