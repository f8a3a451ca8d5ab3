/* Settings that nothing reads: of an optimizer or a schedule that no trial has. */
#ifndef HONE_OBJECTIVES_UNREAD_H
#define HONE_OBJECTIVES_UNREAD_H

#include "engine/buf.h"
#include "objectives/model/model.h"
#include "objectives/settings.h"

/* Appends a line for every parameter and constant that only optimizers or schedules read
 * which are neither fixed nor among the choices: to search it is to search nothing. */
void hone_unread_write(const struct hone_settings *settings,
    const struct hone_model_type *model, struct hone_buf *buf);

#endif
