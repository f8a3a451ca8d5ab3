/* The number type of training. Float: measured, sgemm does twice the work of
 * dgemm a second and no user-visible digit changes. The tests build the same
 * sources once more with HONE_REAL_IS_DOUBLE, so that every formula is held to
 * its reference in double precision. */
#ifndef HONE_OBJECTIVES_REAL_H
#define HONE_OBJECTIVES_REAL_H

#ifdef HONE_REAL_IS_DOUBLE
typedef double hone_real;
#else
typedef float hone_real;
#endif

#endif
