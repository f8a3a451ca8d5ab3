#include "objectives/command/slots.h"

#include "engine/alloc.h"

#include <time.h>

static const char key[] = "objective.slots";
static const long poll_ns = 10000000; /* how often a waiting run looks again */

static enum hone_code read_list(const struct hone_entry *entry, struct hone_arena *arena,
    struct hone_slot_list *ret, struct hone_problems *problems, struct hone_err *err) {
    const struct hone_value *items = entry->value;
    struct hone_slot_list list = {.name = entry->key, .count = items->count};
    struct hone_buf text = {0};
    enum hone_code code = HONE_OK;

    if (items->type != HONE_LIST || items->count == 0 || items->count > HONE_SLOT_LIMIT) {
        hone_problem(problems, items->place, key,
            "slots of '%.60s' should be a list of 1 to %d names, as in {gpu: [0, 1]}", entry->key,
            HONE_SLOT_LIMIT);
        return HONE_OK;
    }
    list.label = hone_arena_array(arena, list.count, sizeof(*list.label));
    for (size_t i = 0; list.label != NULL && code == HONE_OK && i < list.count; i++) {
        hone_buf_clear(&text);
        hone_value_write_plain(items->item[i], &text);
        list.label[i] = hone_arena_text(arena, hone_buf_text(&text), text.length);
        code = list.label[i] == NULL ? HONE_E_NOMEM : hone_buf_ok(&text, err);
    }
    hone_buf_finish(&text);
    if (list.label == NULL || code != HONE_OK) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective.slots");
    }
    *ret = list;
    return HONE_OK;
}

enum hone_code hone_slots_read(const struct hone_value *map, struct hone_arena *arena,
    struct hone_slots_config *ret_config, struct hone_problems *problems, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    *ret_config = (struct hone_slots_config){0};
    if (map == NULL) {
        return HONE_OK;
    }
    if (map->type != HONE_MAP || map->count > HONE_SLOT_LISTS) {
        hone_problem(problems, map->place, key,
            "it should be a mapping of at most %d lists, as in {gpu: [0, 1]}", HONE_SLOT_LISTS);
        return HONE_OK;
    }
    for (size_t i = 0; code == HONE_OK && i < map->count; i++) {
        code = read_list(&map->entry[i], arena, &ret_config->list[i], problems, err);
        ret_config->count += ret_config->list[i].name != NULL;
    }
    return code;
}

/* Each slot is a flag, true while taken. */
struct hone_slots {
    const struct hone_slots_config *config;
    atomic_bool *taken[HONE_SLOT_LISTS];
};

void hone_slots_free(struct hone_slots *slots) {
    if (slots != NULL) {
        for (size_t i = 0; i < HONE_SLOT_LISTS; i++) {
            hone_free(slots->taken[i]);
        }
        hone_free(slots);
    }
}

enum hone_code hone_slots_new(const struct hone_slots_config *config, struct hone_slots **ret,
    struct hone_err *err) {
    struct hone_slots *slots = hone_new(sizeof(*slots));

    if (slots == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "slots");
    }
    slots->config = config;
    for (size_t i = 0; i < config->count; i++) {
        slots->taken[i] = hone_new_array(config->list[i].count, sizeof(*slots->taken[i]));
        if (slots->taken[i] == NULL) {
            hone_slots_free(slots);
            return hone_fail(err, HONE_E_NOMEM, "slots");
        }
    }
    *ret = slots;
    return HONE_OK;
}

/* Waits for one slot of list i. Lists are always taken in the same order, so two
 * runs cannot wait for one another. */
static bool take_one(struct hone_slots *slots, size_t i, const atomic_bool *cancel,
    size_t *ret_index) {
    const struct timespec pause = {.tv_nsec = poll_ns};

    while (!atomic_load_explicit(cancel, memory_order_relaxed)) {
        for (size_t k = 0; k < slots->config->list[i].count; k++) {
            if (!atomic_exchange(&slots->taken[i][k], true)) {
                *ret_index = k;
                return true;
            }
        }
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

bool hone_slots_take(struct hone_slots *slots, const atomic_bool *cancel,
    size_t ret_index[HONE_SLOT_LISTS]) {
    for (size_t i = 0; i < slots->config->count; i++) {
        if (!take_one(slots, i, cancel, &ret_index[i])) {
            while (i-- > 0) {
                atomic_store(&slots->taken[i][ret_index[i]], false);
            }
            return false;
        }
    }
    return true;
}

void hone_slots_give_back(struct hone_slots *slots, const size_t index[HONE_SLOT_LISTS]) {
    for (size_t i = 0; i < slots->config->count; i++) {
        atomic_store(&slots->taken[i][index[i]], false);
    }
}
