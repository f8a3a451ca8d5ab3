/* For loops that are vectorised. */
#ifndef HONE_SEARCH_GP_WIDE_H
#define HONE_SEARCH_GP_WIDE_H

/* Twice the speed where the processor has AVX2, and more with AVX-512. Fused
 * operations are off for the whole program, so all versions have the same bits. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GP_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GP_WIDE
#endif

#endif
