/* What a library has to share with the process it is in. */
#ifndef HONE_ENGINE_LIB_PROCESS_H
#define HONE_ENGINE_LIB_PROCESS_H

#include <locale.h>

/* Sees to it that an error within GSL returns: its own handler, which ends the
 * program, goes; one that the program has installed stays. Once a process, from
 * any thread. */
void lib_process_calm_gsl(void);

/* Lets this thread read and write numbers as specs do, whatever locale the
 * program has chosen: from one call to the other. */
struct lib_numbers {
    locale_t plain, before;
};

/* Whether there was memory. Ended in any case. */
int lib_numbers_begin(struct lib_numbers *ret_numbers);
void lib_numbers_end(struct lib_numbers *numbers);

#endif
