/* Telling: the observer hears of what is on disk. */
#ifndef HONE_ENGINE_RUN_TELL_H
#define HONE_ENGINE_RUN_TELL_H

#include "engine/run/session.h"

/* What the turn that was just written brought; its results and landed flights are let go. */
void session_tell_turn(struct session *s);

/* That the run waits for other engines; once. */
void session_tell_idle(struct session *s);

/* As often as the observer wishes, and after every turn that wrote. */
void session_tick(struct session *s, bool after_turn);

/* Lets go of what came in this turn. */
void session_forget_taken(struct session *s);

#endif
