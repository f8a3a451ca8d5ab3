/* The shortest decimal of a double, without printf. */
#ifndef HONE_ENGINE_DECIMAL_H
#define HONE_ENGINE_DECIMAL_H

#include <stddef.h>

enum { HONE_DECIMAL_TEXT = 32 }; /* room that any double's text has, NUL included */

/* Writes the shortest decimal that reads back to the same bits, and of several
 * the nearest, in the form of printf's %g: 0.1, 1e-05, 3. Returns its length; 0,
 * and nothing is written, for what this cannot do: numbers that are not finite,
 * and those smaller than 1e-37 or of 2^53 and more. */
size_t hone_decimal_write(double value, char ret_text[HONE_DECIMAL_TEXT]);

#endif
