/* A disk that fails on demand: a SQLite VFS over the usual one, for tests. Once
 * installed it is the default, and hone's database goes through it unknowingly.
 * Operations that change something are counted: writes, truncations, syncs,
 * deletions, and opens that make a file. The one at `at` meets the fault.
 *
 * It also keeps what a disk would hold if the power failed: contents up to each
 * file's last sync, names up to the folder's. */
#ifndef HONE_TESTS_STORAGE_FAULTY_VFS_H
#define HONE_TESTS_STORAGE_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_kind {
    FAULT_NONE,
    FAULT_ERROR, /* the operation fails */
    FAULT_FULL,  /* it and all others that need room fail, until the fault is taken off */
    FAULT_SYNC,  /* of syncs alone, this one fails, and what it was for is lost */
    FAULT_POWER, /* it is the last one that may reach the disk; all later ones fail */
    FAULT_KINDS,
};

/* What becomes of what was not synced when the power fails. */
enum fault_survival {
    SURVIVE_NOTHING,
    SURVIVE_ALL,    /* the last operation in part */
    SURVIVE_FIRST,  /* up to a random moment */
    SURVIVE_SECTORS, /* random sectors of 512 bytes, and random names */
    SURVIVALS,
};

struct fault {
    enum fault_kind kind;
    uint64_t at; /* from 1 */
};

/* Makes it the default VFS; syncs are noted and not carried out, for speed. */
void faulty_vfs_install(void);
void faulty_vfs_uninstall(void);

/* Forgets all files and counts from 0; the files there are taken as synced. */
void faulty_vfs_begin(struct fault fault);

/* No fault from now on: the disk has room again, works again. */
void faulty_vfs_cure(void);

/* Operations so far; of these syncs. */
uint64_t faulty_vfs_count(void);
uint64_t faulty_vfs_syncs(void);

/* After the fault: turns the files into those that a disk would hold after a power
 * cut. All connections are closed. */
void faulty_vfs_cut_power(enum fault_survival survival, uint64_t seed);

#endif
