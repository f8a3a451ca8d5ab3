#include "engine/lib/process.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>
#include <stddef.h>

static void calm(void) {
    gsl_error_handler_t *before = gsl_set_error_handler_off();

    if (before != NULL) {
        (void)gsl_set_error_handler(before);
    }
}

void lib_process_calm_gsl(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, calm);
}

int lib_numbers_begin(struct lib_numbers *ret_numbers) {
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    *ret_numbers = (struct lib_numbers){.plain = plain};
    if (plain != (locale_t)0) {
        ret_numbers->before = uselocale(plain);
    }
    return plain != (locale_t)0;
}

void lib_numbers_end(struct lib_numbers *numbers) {
    if (numbers->plain != (locale_t)0) {
        (void)uselocale(numbers->before);
        freelocale(numbers->plain);
    }
}
