#include "objectives/model/schedule.h"

#include <math.h>

const struct hone_schedule_type *const hone_schedules[] = {
    &hone_schedule_constant, &hone_schedule_exponential, &hone_schedule_step,
    &hone_schedule_multistep, &hone_schedule_polynomial, &hone_schedule_cosine,
    &hone_schedule_cosine_restarts, &hone_schedule_onecycle, &hone_schedule_plateau, NULL,
};

const char *const hone_schedule_names[] = {
    "constant", "exponential", "step", "multistep", "polynomial", "cosine", "cosine_restarts",
    "onecycle", "plateau", NULL,
};

void hone_schedule_begin(struct hone_schedule *schedule, double initial, int64_t epochs) {
    int64_t rest = epochs - schedule->warmup_epochs;

    schedule->state = (struct hone_schedule_state){
        .initial = initial, .epochs = rest > 1 ? rest : 1, .factor = 1, .best = INFINITY,
    };
}

double hone_schedule_rate(struct hone_schedule *schedule, int64_t epoch) {
    const int64_t warmup = schedule->warmup_epochs;
    const double start = schedule->warmup_start_factor;
    double rate;

    schedule->state.epoch = epoch > warmup ? epoch - warmup : 0;
    schedule->warming_up = epoch < warmup;
    rate = schedule->type->rate(schedule->config, &schedule->state);
    if (epoch >= warmup) {
        return rate;
    }
    return rate * (start + (1 - start) * (double)epoch / (double)warmup);
}

double hone_schedule_momentum(const struct hone_schedule *schedule) {
    if (schedule->type->momentum == NULL) {
        return NAN;
    }
    return schedule->type->momentum(schedule->config, &schedule->state);
}

void hone_schedule_watch(struct hone_schedule *schedule, double loss) {
    if (schedule->type->watch != NULL && !schedule->warming_up) {
        schedule->type->watch(schedule->config, loss, &schedule->state);
    }
}
