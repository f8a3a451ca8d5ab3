/* Slots: things of which there are only so many, such as GPUs. A run takes one
 * of each list while it lasts. */
#ifndef HONE_OBJECTIVES_COMMAND_SLOTS_H
#define HONE_OBJECTIVES_COMMAND_SLOTS_H

#include "engine/arena.h"
#include "engine/problems.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { HONE_SLOT_LISTS = 8, HONE_SLOT_LIMIT = 4096 };

struct hone_slot_list {
    const char *name;
    size_t count;
    const char **label; /* (count) */
};

struct hone_slots_config {
    size_t count;
    struct hone_slot_list list[HONE_SLOT_LISTS];
};

/* Reads `slots: {gpu: [0, 1]}`; map may be NULL. */
HONE_MUST_CHECK enum hone_code hone_slots_read(const struct hone_value *map,
    struct hone_arena *arena, struct hone_slots_config *ret_config,
    struct hone_problems *problems, struct hone_err *err);

struct hone_slots; /* who has which; any thread */

HONE_MUST_CHECK enum hone_code hone_slots_new(const struct hone_slots_config *config,
    struct hone_slots **ret, struct hone_err *err);
void hone_slots_free(struct hone_slots *slots); /* accepts NULL */

/* Waits until one slot of every list is free and takes them; ret_index has one
 * a list. False: cancelled while waiting, nothing is taken. */
HONE_MUST_CHECK bool hone_slots_take(struct hone_slots *slots, const atomic_bool *cancel,
    size_t ret_index[HONE_SLOT_LISTS]);

void hone_slots_give_back(struct hone_slots *slots, const size_t index[HONE_SLOT_LISTS]);

#endif
