/* Elementwise loops that the compiler compiles twice: once for the baseline
 * machine, once for 256-bit vectors, chosen when the program is loaded. Sums of
 * products are never fused (-ffp-contract=off), so both give the same bits. */
#ifndef HONE_OBJECTIVES_WIDE_H
#define HONE_OBJECTIVES_WIDE_H

#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HONE_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define HONE_WIDE
#endif

/* Asks for the cache line at an address that will be read soon, and once. */
#ifdef __GNUC__
#define HONE_PREFETCH(address) __builtin_prefetch(address, 0, 0)
#else
#define HONE_PREFETCH(address) ((void)(address))
#endif

#endif
