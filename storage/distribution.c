#include "storage/distribution.h"

#include <stdbool.h>

static const char *json_bool(bool value) {
    return value ? "true" : "false";
}

/* Optuna has no stepped log scale: such a parameter is shown as a plain one. */
static void write_float(const struct hone_param *param, struct hone_buf *buf) {
    hone_buf_add(buf, "{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": ");
    if (param->step > 0 && !param->log) {
        hone_buf_add_real(buf, param->step);
    } else {
        hone_buf_add(buf, "null");
    }
    hone_buf_add(buf, ", \"low\": ");
    hone_buf_add_real(buf, param->low);
    hone_buf_add(buf, ", \"high\": ");
    hone_buf_add_real(buf, param->high);
    hone_buf_printf(buf, ", \"log\": %s}}", json_bool(param->log));
}

static void write_int(const struct hone_param *param, struct hone_buf *buf) {
    double step = param->log ? 1 : param->step;

    hone_buf_printf(buf,
        "{\"name\": \"IntDistribution\", \"attributes\": {\"log\": %s, \"step\": %.0f,"
        " \"low\": %.0f, \"high\": %.0f}}",
        json_bool(param->log), step, param->low, param->high);
}

static void write_choice(const struct hone_value *choice, struct hone_buf *buf) {
    struct hone_buf text = {0};

    if (choice->type != HONE_LIST && choice->type != HONE_MAP) {
        hone_value_write_json(choice, buf);
        return;
    }
    hone_value_write_json(choice, &text);
    hone_buf_add_json_text(buf, hone_buf_text(&text));
    buf->failed = buf->failed || text.failed;
    hone_buf_finish(&text);
}

static void write_categorical(const struct hone_param *param, struct hone_buf *buf) {
    hone_buf_add(buf, "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [");
    for (size_t i = 0; i < param->choice_count; i++) {
        hone_buf_add(buf, i > 0 ? ", " : "");
        write_choice(param->choice[i], buf);
    }
    hone_buf_add(buf, "]}}");
}

void hone_distribution_write(const struct hone_param *param, struct hone_buf *buf) {
    switch (param->type) {
    case HONE_PARAM_FLOAT:
        write_float(param, buf);
        break;
    case HONE_PARAM_INT:
        write_int(param, buf);
        break;
    case HONE_PARAM_CATEGORICAL:
        write_categorical(param, buf);
        break;
    }
}
