#include "objectives/unread.h"

#include "objectives/model/optimizer.h"
#include "objectives/model/schedule.h"
#include "objectives/model/train.h"

#include <string.h>

/* A setting that chooses a plug-in. */
struct chooser {
    const struct hone_settings *settings;
    const char *name;         /* "optimizer" */
    const char *const *names; /* of the plug-ins, NULL-terminated */
};

static bool is_text(const struct hone_value *value, const char *text) {
    return value->type == HONE_TEXT && strcmp(value->text, text) == 0;
}

/* Whether a trial can have the i-th plug-in. */
static bool can_be(const struct chooser *chooser, size_t i) {
    const struct hone_space *space = chooser->settings->space;
    const struct hone_value *fixed = hone_value_get(chooser->settings->constant, chooser->name);
    const size_t p = hone_space_find(space, chooser->name);

    if (p < space->n) {
        for (size_t k = 0; k < space->param[p].choice_count; k++) {
            if (is_text(space->param[p].choice[k], chooser->names[i])) {
                return true;
            }
        }
        return false;
    }
    return fixed != NULL
               ? is_text(fixed, chooser->names[i])
               : (size_t)hone_option_find(hone_train_options, chooser->name)->preset == i;
}

static bool has(const struct hone_option *options, const char *name) {
    return options != NULL && hone_option_find(options, name) != NULL;
}

/* Where a setting is read, and by whom it could be. */
struct readers {
    bool is_read;
    struct hone_buf others; /* "optimizer momentum, nesterov" */
};

static void look(struct readers *readers, const struct chooser *chooser, size_t i,
    const struct hone_option *options, const char *name) {
    if (!has(options, name)) {
        return;
    }
    readers->is_read = readers->is_read || can_be(chooser, i);
    hone_buf_printf(&readers->others, "%s%s %s", readers->others.length > 0 ? ", " : "",
        chooser->name, chooser->names[i]);
}

static void write_unread(const struct hone_settings *settings, const struct hone_model_type *model,
    const char *name, struct hone_buf *buf) {
    const struct chooser optimizer = {settings, "optimizer", hone_optimizer_names};
    const struct chooser schedule = {settings, "schedule", hone_schedule_names};
    struct readers readers = {
        .is_read = has(hone_train_options, name) || has(model->options, name)};

    for (size_t i = 0; hone_optimizers[i] != NULL; i++) {
        look(&readers, &optimizer, i, hone_optimizers[i]->options, name);
    }
    for (size_t i = 0; hone_schedules[i] != NULL; i++) {
        look(&readers, &schedule, i, hone_schedules[i]->options, name);
    }
    if (!readers.is_read && readers.others.length > 0) {
        hone_buf_add(buf, "unread: ");
        hone_buf_add_printable(buf, name);
        hone_buf_printf(buf, ", which no trial has; it is of %s\n", hone_buf_text(&readers.others));
    }
    hone_buf_finish(&readers.others);
}

void hone_unread_write(const struct hone_settings *settings,
    const struct hone_model_type *model, struct hone_buf *buf) {
    const struct hone_value *constant = settings->constant;
    const struct hone_space *space = settings->space;

    for (size_t i = 0; i < constant->count; i++) {
        write_unread(settings, model, constant->entry[i].key, buf);
    }
    for (size_t p = 0; p < space->n; p++) {
        write_unread(settings, model, space->param[p].name, buf);
    }
}
