#define _GNU_SOURCE /* NOLINT: sigabbrev_np, sigdescr_np */
#include "objectives/command/run.h"

#include "engine/alloc.h"
#include "engine/clock.h"
#include "objectives/command/answer.h"
#include "objectives/command/env.h"
#include "objectives/command/folder.h"
#include "objectives/command/output.h"
#include "objectives/command/path.h"
#include "objectives/command/process.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 65536,     /* read at once: what a pipe holds */
    ERROR_BYTES = 2000,      /* of the error output, in a trial's error */
    RESULT_BYTES = 65536,    /* of a result file */
    MS = 1000,
};

/* A cancelled job is noticed this soon, and a program that was asked to leave is
 * killed after so long: together less than the 3 s in which a second interrupt
 * is to end everything. */
static const double poll_seconds = 0.05;
static const double grace_seconds = 2;

struct run {
    const struct hone_run_setup *setup;
    const struct hone_job *job;
    struct hone_result *result;
    struct hone_launch launch;
    const char *workdir;
    struct hone_run_files files;
    struct hone_buf params;
    char *chunk; /* (CHUNK_BYTES) */
    struct hone_tail *tail;
    /* One attempt: */
    struct hone_process process;
    struct hone_lines_read lines;
    struct hone_runner_message message;
    bool ended;
    bool timed_out, cancelled;
    double deadline, kill_at; /* by hone_clock_seconds; infinite: not set */
};

/* ---- Files ---- */

static enum hone_code make_files(struct run *run, struct hone_err *err) {
    int file;
    enum hone_code code;

    if (mkdir(run->workdir, S_IRWXU) != 0) {
        return hone_fail(err, HONE_E_IO, "'%s': %s", run->workdir, strerror(errno));
    }
    code = hone_folder_create(run->files.params, &file, err);
    if (code == HONE_OK) {
        code = hone_buf_write(&run->params, file, run->files.params, err);
        (void)close(file);
    }
    return code;
}

/* Most runs leave nothing of their own behind. */
static void remove_files(const struct run *run) {
    (void)unlink(run->files.params);
    (void)unlink(run->files.result);
    if (rmdir(run->workdir) != 0) {
        hone_folder_remove(run->workdir);
    }
}

/* ---- Watching ---- */

/* Reads what is there of one output. */
static enum hone_code read_some(struct run *run, int *file, bool is_err, bool *ret_more,
    struct hone_err *err) {
    const ssize_t got = *file < 0 ? 0 : read(*file, run->chunk, CHUNK_BYTES);

    *ret_more = got > 0 || (got < 0 && errno == EINTR);
    if (got > 0 && is_err) {
        hone_tail_add(run->tail, run->chunk, (size_t)got);
    } else if (got > 0) {
        return hone_output_add(&run->lines, run->chunk, (size_t)got, run->result, err);
    } else if (*file >= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR))) {
        (void)close(*file);
        *file = -1;
    }
    return HONE_OK;
}

/* After the last process of the run is gone: what the pipes still hold. */
static enum hone_code read_rest(struct run *run, struct hone_err *err) {
    bool more = true;
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && more) {
        code = read_some(run, &run->process.out, false, &more, err);
    }
    more = true;
    while (code == HONE_OK && more) {
        code = read_some(run, &run->process.err, true, &more, err);
    }
    return code == HONE_OK ? hone_output_end(&run->lines, run->result, err) : code;
}

/* Time limit and cancellation: the program is asked to leave, then killed. */
static void heed_time(struct run *run) {
    const double now = hone_clock_seconds();
    const bool asked = run->timed_out || run->cancelled;

    if (!asked) {
        run->cancelled = atomic_load_explicit(run->job->cancel, memory_order_relaxed);
        run->timed_out = !run->cancelled && now >= run->deadline;
        if (run->cancelled || run->timed_out) {
            hone_process_ask(&run->process);
            run->kill_at = now + grace_seconds;
        }
    } else if (now >= run->kill_at) {
        hone_process_kill(&run->process);
        run->kill_at = INFINITY;
    }
}

static int wait_ms(const struct run *run) {
    const double next = fmin(run->timed_out || run->cancelled ? run->kill_at : run->deadline,
        hone_clock_seconds() + poll_seconds);

    return (int)ceil(fmax(next - hone_clock_seconds(), 0) * MS);
}

static enum hone_code watch_turn(struct run *run, struct hone_err *err) {
    struct hone_process *process = &run->process;
    struct pollfd wait[] = {
        {.fd = process->out, .events = POLLIN},
        {.fd = process->err, .events = POLLIN},
        {.fd = process->control, .events = POLLIN},
    };
    bool more;
    enum hone_code code = HONE_OK;

    (void)poll(wait, sizeof(wait) / sizeof(wait[0]), wait_ms(run));
    if (wait[0].revents != 0) {
        code = read_some(run, &process->out, false, &more, err);
    }
    if (code == HONE_OK && wait[1].revents != 0) {
        code = read_some(run, &process->err, true, &more, err);
    }
    if (wait[2].revents != 0) {
        run->ended = hone_process_hear(process, &run->message);
    }
    if (!run->ended) {
        heed_time(run);
        hone_process_wake(process);
    }
    return code;
}

static enum hone_code watch(struct run *run, struct hone_err *err) {
    enum hone_code code = HONE_OK;

    while (code == HONE_OK && !run->ended) {
        code = watch_turn(run, err);
    }
    hone_process_kill(&run->process);
    hone_process_wait(&run->process);
    if (code == HONE_OK) {
        code = read_rest(run, err);
    }
    hone_process_finish(&run->process);
    return code;
}

/* ---- Judging ---- */

static enum hone_answer judge_output(struct run *run) {
    struct hone_buf text = {0};
    struct hone_err err;
    struct stat status;
    enum hone_answer answer = HONE_ANSWER_NONE;

    if (lstat(run->files.result, &status) == 0 && status.st_size > 0) {
        if (hone_buf_read_file(&text, run->files.result, RESULT_BYTES, &err) == HONE_OK) {
            answer = hone_answer_read(hone_buf_text(&text), text.length, run->result);
        } else {
            hone_result_set_failed(run->result, "the file of HONE_RESULT: %s", err.text);
        }
        hone_buf_finish(&text);
        return answer;
    }
    if (hone_output_is_too_long(&run->lines)) {
        hone_result_set_failed(run->result,
            "the last line of the output has more than %d bytes; it should be a number or a JSON "
            "object", (int)HONE_LINE_BYTES);
        return HONE_ANSWER_NONE;
    }
    if (run->lines.last_length == 0) {
        hone_result_set_failed(run->result,
            "nothing was written; the last line of the output should be a number or a JSON object");
        return HONE_ANSWER_NONE;
    }
    return hone_answer_read(run->lines.last, run->lines.last_length, run->result);
}

/* Whoever goes on after SIGXCPU is killed a second later (see runner.c); of a kill it is not
 * known who did it. */
static const char *why_killed(const struct run *run, int number) {
    const uint64_t limit = run->launch.limits.cpu_seconds;

    if (limit > 0 && number == SIGXCPU) {
        return ": the limit of processor time (limits.cpu)";
    }
    return limit > 0 && number == SIGKILL && (uint64_t)run->message.cpu_seconds >= limit
               ? ": perhaps by the limit of processor time (limits.cpu)"
               : "";
}

static void fail_signal(struct run *run, int number) {
    const char *name = sigabbrev_np(number);
    const char *words = sigdescr_np(number);

    if (name == NULL) {
        hone_result_set_failed(run->result, "ended by signal %d", number);
        return;
    }
    hone_result_set_failed(run->result, "ended by SIG%s (%s)%s", name, words,
        why_killed(run, number));
}

static void fail_start(struct run *run) {
    const char *why = strerror(run->message.value);

    switch ((enum hone_runner_said)run->message.said) {
    case HONE_RUN_NO_PROGRAM:
        hone_result_set_failed(run->result, "cannot start '%s': %s%s", run->launch.argv[0], why,
            run->message.value == ENOEXEC ? " (a script should begin with #! and its interpreter)"
                                          : "");
        break;
    case HONE_RUN_NO_FOLDER:
        hone_result_set_failed(run->result, "cannot enter '%s': %s", run->launch.folder, why);
        break;
    case HONE_RUN_NO_LIMIT:
        hone_result_set_failed(run->result, "cannot set the limits: %s", why);
        break;
    case HONE_RUN_NOT_SET_UP:
    case HONE_RUN_ENDED:
        hone_result_set_failed(run->result, "cannot start a process: %s", why);
        break;
    }
}

static enum hone_answer judge_end(struct run *run) {
    const int status = run->message.value;

    if (run->timed_out) {
        hone_result_set_failed(run->result, "the time limit of %g s has passed",
            run->setup->command->timeout_seconds);
    } else if (run->message.said == 0) {
        hone_result_set_failed(run->result, "the process that watches the run was killed");
    } else if (run->message.said != HONE_RUN_ENDED) {
        fail_start(run);
    } else if (WIFSIGNALED(status)) {
        fail_signal(run, WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0) {
        hone_result_set_failed(run->result, "exit status %d", WEXITSTATUS(status));
    } else {
        return judge_output(run);
    }
    return HONE_ANSWER_NONE;
}

/* Puts the end of the error output behind the reason. */
static void add_error_output(struct run *run, int64_t attempt) {
    struct hone_buf text = {0};

    if (attempt > 0) {
        hone_buf_printf(&text, "attempt %" PRId64 ": ", attempt + 1);
    }
    hone_buf_add(&text, run->result->error != NULL ? run->result->error : "no reason was given");
    if (run->tail->total > 0) {
        hone_buf_add(&text, "; its error output ends:\n");
        hone_tail_write(run->tail, ERROR_BYTES, &text);
    }
    if (!text.failed) {
        hone_result_set_failed(run->result, "%s", text.text);
    }
    hone_buf_finish(&text);
}

/* ---- Attempts ---- */

static void forget_attempt(struct run *run) {
    struct hone_result *result = run->result;

    hone_free(result->error);
    result->error = NULL;
    result->outcome = HONE_OUTCOME_VALUE;
    result->value = NAN;
    result->sem = NAN;
    result->infeasible = false;
    result->metric_count = 0;
    hone_result_forget_curve(result);
    run->tail->total = 0;
    run->lines = (struct hone_lines_read){.line = run->lines.line, .last = run->lines.last};
    run->message = (struct hone_runner_message){0};
    run->ended = false;
    run->kill_at = INFINITY;
    run->deadline = hone_clock_seconds() + run->setup->command->timeout_seconds;
}

/* *ret_again: it failed in a way that may pass. */
static enum hone_code attempt_once(struct run *run, int64_t attempt, bool *ret_again,
    struct hone_err *err) {
    struct hone_err start_err;
    enum hone_answer answer;
    enum hone_code code;

    *ret_again = true;
    forget_attempt(run);
    code = make_files(run, &start_err);
    if (code == HONE_OK) {
        code = hone_process_start(&run->launch, &run->process, &start_err);
    }
    if (code != HONE_OK) {
        hone_result_set_failed(run->result, "%s", start_err.text);
        remove_files(run);
        return HONE_OK;
    }
    code = watch(run, err);
    if (code == HONE_OK && run->cancelled) {
        run->result->outcome = HONE_OUTCOME_CANCELLED;
        *ret_again = false;
    } else if (code == HONE_OK) {
        answer = judge_end(run);
        *ret_again = answer == HONE_ANSWER_NONE && !run->timed_out;
        if (answer == HONE_ANSWER_NONE) {
            add_error_output(run, attempt);
        }
    }
    remove_files(run);
    return code;
}

static enum hone_code attempt_all(struct run *run, struct hone_err *err) {
    bool again = true;
    enum hone_code code = HONE_OK;

    for (int64_t i = 0; code == HONE_OK && again && i <= run->setup->command->retries; i++) {
        code = attempt_once(run, i, &again, err);
    }
    return code;
}

/* ---- Preparing ---- */

static const char *text_of(struct hone_arena *arena, struct hone_buf *buf) {
    const char *text =
        buf->failed ? NULL : hone_arena_text(arena, hone_buf_text(buf), buf->length);

    hone_buf_finish(buf);
    return text;
}

static const char *number_text(struct hone_arena *arena, uint64_t number) {
    struct hone_buf buf = {0};

    hone_buf_printf(&buf, "%" PRIu64, number);
    return text_of(arena, &buf);
}

static const char *path_text(struct hone_arena *arena, const char *folder, const char *name) {
    struct hone_buf buf = {0};

    hone_buf_printf(&buf, "%s/%s", folder, name);
    return text_of(arena, &buf);
}

static const char *fold_text(const struct run *run, enum hone_part part) {
    struct hone_buf buf = {0};

    hone_fold_file(run->setup->private_folder, run->job->fold, part, &buf);
    return text_of(run->job->arena, &buf);
}

static bool name_files(struct run *run) {
    struct hone_arena *arena = run->job->arena;
    struct hone_buf buf = {0};

    hone_buf_printf(&buf, "%s/trial-%" PRIu64 "-fold-%zu", run->setup->private_folder,
        run->job->trial, run->job->fold);
    run->workdir = text_of(arena, &buf);
    if (run->workdir == NULL) {
        return false;
    }
    run->files.params = path_text(arena, run->workdir, "params.json");
    run->files.result = path_text(arena, run->workdir, "result");
    return run->files.params != NULL && run->files.result != NULL;
}

static bool name_words(const struct run *run, struct hone_filling *filling) {
    struct hone_arena *arena = run->job->arena;
    const bool has_data = run->setup->command->has_data;

    filling->word[HONE_WORD_TRIAL] = number_text(arena, run->job->trial);
    filling->word[HONE_WORD_SEED] = number_text(arena, run->job->seed);
    filling->word[HONE_WORD_FOLD] = number_text(arena, run->job->fold);
    filling->word[HONE_WORD_TRAIN] = has_data ? fold_text(run, HONE_PART_TRAIN) : NULL;
    filling->word[HONE_WORD_TEST] = has_data ? fold_text(run, HONE_PART_TEST) : NULL;
    filling->word[HONE_WORD_WORKDIR] = run->workdir;
    for (size_t i = 0; i < HONE_WORDS_COUNT; i++) {
        if (filling->word[i] == NULL && (has_data || i < HONE_WORD_TRAIN)) {
            return false;
        }
    }
    return true;
}

static enum hone_code prepare_launch(struct run *run, const struct hone_filling *filling,
    struct hone_err *err) {
    const struct hone_run_setup *setup = run->setup;
    struct hone_arena *arena = run->job->arena;
    char **argv;
    char **envp;
    const char *path;
    enum hone_code code =
        hone_template_fill(&setup->command->template, filling, arena, &argv, err);

    if (code == HONE_OK) {
        code = hone_env_make(filling, &setup->command->slots, &run->files, arena, &envp, err);
    }
    if (code != HONE_OK) {
        return code;
    }
    path = argv[0] == NULL ? "" : hone_program_find(argv[0], setup->folder, arena);
    if (path == NULL) {
        return hone_fail(err, HONE_E_NOMEM, "a command");
    }
    run->launch = (struct hone_launch){
        .path = path, .argv = argv, .envp = envp, .folder = setup->folder,
        .limits = setup->command->limits,
    };
    hone_env_write_params(filling, &run->params);
    return hone_buf_ok(&run->params, err);
}

static enum hone_code prepare(struct run *run, const size_t slot[HONE_SLOT_LISTS],
    struct hone_err *err) {
    const struct hone_slots_config *slots = &run->setup->command->slots;
    struct hone_arena *arena = run->job->arena;
    const char *label[HONE_SLOT_LISTS];
    struct hone_filling filling = {
        .space = run->job->space, .x_value = run->job->x_value, .slot = label,
    };
    enum hone_code code;

    for (size_t i = 0; i < slots->count; i++) {
        label[i] = slots->list[i].label[slot[i]];
    }
    run->chunk = hone_arena_new(arena, CHUNK_BYTES);
    run->tail = hone_arena_new(arena, sizeof(*run->tail));
    if (run->chunk == NULL || run->tail == NULL || !name_files(run) ||
        !name_words(run, &filling)) {
        return hone_fail(err, HONE_E_NOMEM, "running a command");
    }
    code = hone_output_start(&run->lines, arena, err);
    return code == HONE_OK ? prepare_launch(run, &filling, err) : code;
}

enum hone_code hone_command_run(const struct hone_run_setup *setup, const struct hone_job *job,
    struct hone_result *ret_result, struct hone_err *err) {
    struct run run = {.setup = setup, .job = job, .result = ret_result};
    size_t slot[HONE_SLOT_LISTS];
    enum hone_code code;

    if (!hone_slots_take(setup->slots, job->cancel, slot)) {
        ret_result->outcome = HONE_OUTCOME_CANCELLED;
        return HONE_OK;
    }
    code = prepare(&run, slot, err);
    if (code == HONE_OK) {
        code = attempt_all(&run, err);
    }
    hone_buf_finish(&run.params);
    hone_slots_give_back(setup->slots, slot);
    return code;
}
