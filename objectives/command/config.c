#include "objectives/command/config.h"

#include "objectives/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const prepare_names[] = {"none", "fill", "standardise", NULL};

/* `objective:` as its table reads it. */
struct objective_config {
    const struct hone_value *command;
    const char *direction;
    double timeout;
    int64_t retries;
    const struct hone_value *limits;
    const struct hone_value *slots;
    int prepare;
};

const struct hone_option hone_command_options[] = {
    HONE_ANYTHING(struct objective_config, command,
        "the list of its arguments; {NAME} is a parameter, trial, seed, fold, train, test, workdir "
        "or a slot"),
    HONE_WORDS(struct objective_config, direction,
        "minimize or maximize: which values are good; it must be given"),
    HONE_SECONDS(struct objective_config, timeout, INFINITY,
        "of one run; then it is told to end, and killed 2 s later"),
    HONE_INTEGER(struct objective_config, retries, 0, 0, 1000,
        "how often a run that failed is started again"),
    HONE_ANYTHING(struct objective_config, limits, "{memory: 2G, cpu: 10m, files: 256}"),
    HONE_ANYTHING(struct objective_config, slots,
        "{gpu: [0, 1]}: a run has one of each list to itself, as {gpu} and in HONE_SLOT_GPU"),
    HONE_ONE_OF(struct objective_config, prepare, prepare_names, 0,
        "of the files of the folds; none: columns as they are; fill: numbers alone, missing ones "
        "filled as the training part is, texts one-hot; standardise: filled, then with mean 0 and "
        "deviation 1 in the training part"),
    HONE_OPTIONS_END,
};

struct limits_config {
    const struct hone_value *memory;
    double cpu;
    int64_t files;
};

const struct hone_option hone_limit_options[] = {
    HONE_ANYTHING(struct limits_config, memory,
        "private memory of a process: 500M, 2G; units are K, M, G and T, of 1024"),
    HONE_SECONDS(struct limits_config, cpu, INFINITY, "processor time of a process"),
    HONE_INTEGER(struct limits_config, files, 0, 0, 1000000,
        "files that a process may have open; 0: as many as hone itself"),
    HONE_OPTIONS_END,
};

/* 1048576, "1M", "1.5G" -> bytes; 0 when it is no size. */
static uint64_t read_bytes(const struct hone_value *value) {
    static const char units[] = "KMGT";
    const double kilo = 1024;
    const double largest = 1e18;
    double number;
    char *end;
    const char *unit;

    if (hone_value_is_number(value)) {
        number = value->real;
    } else if (value->type == HONE_TEXT && strspn(value->text, "0123456789.") > 0) {
        number = strtod(value->text, &end);
        unit = *end == '\0' ? NULL : strchr(units, *end);
        if (unit == NULL || end != value->text + strspn(value->text, "0123456789.")) {
            return 0;
        }
        end += 1 + (end[1] == 'i');
        end += *end == 'B';
        if (*end != '\0') {
            return 0;
        }
        number *= pow(kilo, (double)(unit - units + 1));
    } else {
        return 0;
    }
    return number >= 1 && number <= largest ? (uint64_t)number : 0;
}

static void read_limits(const struct hone_value *map, struct hone_limits *ret,
    struct hone_problems *problems) {
    static const char section[] = "objective.limits";
    const struct hone_option *const tables[] = {hone_limit_options, NULL};
    struct limits_config config;
    const size_t before = problems->count;

    hone_options_read(hone_limit_options, section, map, &config, problems);
    hone_options_unknown(tables, section, map, problems);
    if (config.memory != NULL) {
        ret->memory_bytes = read_bytes(config.memory);
        if (ret->memory_bytes == 0) {
            hone_problem(problems, config.memory->place, "objective.limits.memory",
                "this is no size; it should be a number of bytes, or such as 500M or 2G");
        }
    }
    if (config.cpu < 1) {
        hone_problem(problems, hone_value_get(map, "cpu")->place, "objective.limits.cpu",
            "it is counted in whole seconds; it should be at least 1s");
    }
    if (problems->count > before) {
        return;
    }
    ret->files = (uint64_t)config.files;
    if (isfinite(config.cpu)) {
        ret->cpu_seconds = (uint64_t)ceil(config.cpu);
    }
}

/* Nobody else knows which values are good: there is no default. */
static bool read_direction(const struct hone_value *objective, const char *direction,
    struct hone_problems *problems) {
    const struct hone_value *value = hone_value_get(objective, "direction");
    const bool maximize = direction != NULL && strcmp(direction, "maximize") == 0;

    if (value == NULL) {
        hone_problem(problems, objective->place, "objective.direction",
            "it is missing; it should be minimize or maximize");
    } else if (direction != NULL && !maximize && strcmp(direction, "minimize") != 0) {
        hone_problem(problems, value->place, "objective.direction",
            "'%.60s' is none; it should be minimize or maximize", direction);
    }
    return maximize;
}

/* Only a model of our own can be trained on all rows and then be scored. */
static void check_no_test(const struct hone_value *spec, const struct hone_data_config *data,
    struct hone_problems *problems) {
    const struct hone_value *test = hone_value_get(hone_value_get(spec, "data"), "test");

    if (test != NULL && data->test != NULL) {
        hone_problem(problems, test->place, "data.test",
            "a command is not scored on a test set; it should be left out");
    }
}

/* Data makes folds; what belongs to folds is wrong without it. */
static void read_data(const struct hone_objective_setup *setup, struct hone_command *command,
    struct hone_problems *problems) {
    const struct hone_value *cv = hone_value_get(setup->spec, "cv");
    const struct hone_value *prepare =
        hone_value_get(hone_value_get(setup->spec, "objective"), "prepare");

    command->has_data = hone_value_get(setup->spec, "data") != NULL;
    if (command->has_data) {
        hone_data_section_read(setup, &command->data, problems);
        hone_cv_section_read(setup->spec, &command->cv, problems);
        check_no_test(setup->spec, &command->data, problems);
        return;
    }
    if (cv != NULL) {
        hone_problem(problems, cv->place, "cv",
            "there is no data to split; it should be left out, or data: be given");
    }
    if (prepare != NULL) {
        hone_problem(problems, prepare->place, "objective.prepare",
            "there is no data to prepare; it should be left out, or data: be given");
    }
}

enum hone_code hone_command_configure(const struct hone_objective_setup *setup,
    struct hone_arena *arena, const void **ret_config, struct hone_problems *problems,
    struct hone_err *err) {
    const struct hone_option *const tables[] = {hone_command_options, NULL};
    const struct hone_value *objective = hone_value_get(setup->spec, "objective");
    struct hone_command *command = hone_arena_new(arena, sizeof(*command));
    struct objective_config config;
    enum hone_code code;

    if (command == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "reading objective");
    }
    hone_options_read(hone_command_options, "objective", objective, &config, problems);
    hone_options_unknown(tables, "objective", objective, problems);
    if (!(config.timeout > 0)) {
        hone_problem(problems, hone_value_get(objective, "timeout")->place, "objective.timeout",
            "no run ends in no time; it should be longer, or be left out");
    }
    command->written = hone_value_get(objective, "command");
    command->maximize = read_direction(objective, config.direction, problems);
    command->timeout_seconds = config.timeout;
    command->retries = config.retries;
    command->prepare = (enum hone_prepare)config.prepare;
    read_limits(config.limits, &command->limits, problems);
    read_data(setup, command, problems);
    code = hone_slots_read(config.slots, arena, &command->slots, problems, err);
    if (code == HONE_OK) {
        const struct hone_template_names names = {
            .space = setup->space, .slots = &command->slots, .has_data = command->has_data,
        };

        code = hone_template_read(command->written, &names, arena, &command->template, problems,
            err);
    }
    *ret_config = command;
    return code;
}
