/* Where a program is. */
#ifndef HONE_OBJECTIVES_COMMAND_PATH_H
#define HONE_OBJECTIVES_COMMAND_PATH_H

#include "engine/arena.h"

/* A name without a slash is looked for in PATH, whose relative entries begin at
 * `folder`; any other name is a path already. One that is nowhere stays as it
 * is: starting it then fails and tells why. In arena; NULL without memory. */
HONE_MUST_CHECK const char *hone_program_find(const char *name, const char *folder,
    struct hone_arena *arena);

/* Why such a program cannot be started in `folder`, as errno; 0: it can, as far as
 * is seen without starting it. */
int hone_program_fault(const char *name, const char *folder);

#endif
