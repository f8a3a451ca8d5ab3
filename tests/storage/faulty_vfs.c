/* Names, contents and their history:
 *
 *     name --now-----> body   what the program sees
 *          --synced--> body   what the folder on the disk says
 *     body: synced bytes, and the changes since, in their order
 *
 * The usual VFS syncs the folder at the first sync of a journal or WAL it has opened
 * with leave to make it (os_unix.c, UNIXFILE_DIRSYNC), and at a deletion when
 * told so. A name is of one folder here. */
#include "tests/storage/faulty_vfs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NAMES = 8, SECTOR = 512, NAME_BYTES = 256 };

/* A write of bytes at offset; a truncation to offset when bytes is NULL. */
struct change {
    int64_t offset;
    size_t length;
    unsigned char *bytes;
    struct change *next;
};

struct body {
    struct body *older; /* of all there are */
    size_t length;
    unsigned char *bytes; /* as synced */
    struct change *first, **last;
};

struct name {
    char text[NAME_BYTES];
    struct body *now, *synced; /* NULL: no file */
};

struct faulty_file {
    sqlite3_file base;
    struct body *body; /* NULL: a temporary file, which nobody follows */
    bool syncs_folder;
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct fault fault;
    uint64_t count, syncs;
    bool down; /* the power is off, or the disk is full */
    size_t names;
    struct name name[NAMES];
    struct body *bodies; /* all, those without a name too: a file may have them open */
    uint64_t random;
} disk;

/* ---- Bodies ---- */

static void *need(void *memory) {
    assert_non_null(memory);
    return memory;
}

static struct body *new_body(void) {
    struct body *body = need(calloc(1, sizeof(*body)));

    body->last = &body->first;
    body->older = disk.bodies;
    disk.bodies = body;
    return body;
}

static void add_change(struct body *body, int64_t offset, const void *bytes, size_t length) {
    struct change *change = need(calloc(1, sizeof(*change)));

    change->offset = offset;
    change->length = length;
    if (bytes != NULL) {
        change->bytes = need(malloc(length + 1));
        memcpy(change->bytes, bytes, length);
    }
    *body->last = change;
    body->last = &change->next;
}

static void resize(struct body *body, size_t length) {
    if (length > body->length) {
        body->bytes = need(realloc(body->bytes, length));
        memset(body->bytes + body->length, 0, length - body->length);
    }
    body->length = length;
}

static void put(struct body *body, int64_t offset, const unsigned char *bytes, size_t length) {
    if ((size_t)offset + length > body->length) {
        resize(body, (size_t)offset + length);
    }
    memcpy(body->bytes + offset, bytes, length);
}

static void apply(struct body *body, const struct change *change) {
    if (change->bytes == NULL) {
        resize(body, (size_t)change->offset);
    } else {
        put(body, change->offset, change->bytes, change->length);
    }
}

static void drop_first(struct body *body) {
    struct change *change = body->first;

    body->first = change->next;
    body->last = body->first == NULL ? &body->first : body->last;
    free(change->bytes);
    free(change);
}

static void sync_body(struct body *body, bool keeps) {
    while (body->first != NULL) {
        if (keeps) {
            apply(body, body->first);
        }
        drop_first(body);
    }
}

/* ---- Names ---- */

static void sync_folder(void) {
    for (size_t i = 0; i < disk.names; i++) {
        disk.name[i].synced = disk.name[i].now;
    }
}

static struct body *read_body(const char *path) {
    struct body *body = new_body();
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file >= 0 && fstat(file, &status) == 0) {
        resize(body, (size_t)status.st_size);
        assert_int_equal(pread(file, body->bytes, body->length, 0), body->length);
    }
    (void)close(file);
    return body;
}

/* A file that is met for the first time was there before, unless it is empty. */
static struct name *find_name(const char *path) {
    for (size_t i = 0; i < disk.names; i++) {
        if (strcmp(disk.name[i].text, path) == 0) {
            return &disk.name[i];
        }
    }
    assert_true(disk.names < NAMES && strlen(path) < NAME_BYTES);
    (void)strcpy(disk.name[disk.names].text, path);
    if (access(path, F_OK) == 0) {
        disk.name[disk.names].now = read_body(path);
        disk.name[disk.names].synced =
            disk.name[disk.names].now->length > 0 ? disk.name[disk.names].now : NULL;
    }
    return &disk.name[disk.names++];
}

/* ---- The fault ---- */

static bool needs_room(bool grows) {
    return disk.fault.kind != FAULT_FULL || grows;
}

/* What an operation that changes something has to return instead; SQLITE_OK: go on.
 * `grows`: it takes room. */
static int strike(bool grows, int error) {
    bool hit = ++disk.count == disk.fault.at;

    if (hit && disk.fault.kind == FAULT_ERROR) {
        return error;
    }
    if (disk.down && needs_room(grows)) {
        return disk.fault.kind == FAULT_FULL ? SQLITE_FULL : error;
    }
    if (hit && disk.fault.kind == FAULT_FULL) {
        disk.down = true;
        return grows ? SQLITE_FULL : SQLITE_OK;
    }
    disk.down = disk.down || (hit && disk.fault.kind == FAULT_POWER);
    return SQLITE_OK;
}

/* ---- Files ---- */

static struct faulty_file *file_of(sqlite3_file *base) {
    return (struct faulty_file *)base;
}

static int vfs_close(sqlite3_file *base) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods != NULL ? real->pMethods->xClose(real) : SQLITE_OK;
}

static int vfs_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 offset) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xRead(real, bytes, length, offset);
}

static int vfs_write(sqlite3_file *base, const void *bytes, int length, sqlite3_int64 offset) {
    struct faulty_file *file = file_of(base);
    int status = file->body == NULL ? SQLITE_OK : strike(true, SQLITE_IOERR_WRITE);

    if (status != SQLITE_OK) {
        return status;
    }
    if (file->body != NULL) {
        add_change(file->body, offset, bytes, (size_t)length);
    }
    return file->real->pMethods->xWrite(file->real, bytes, length, offset);
}

static int vfs_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct faulty_file *file = file_of(base);
    int status = file->body == NULL ? SQLITE_OK : strike(false, SQLITE_IOERR_TRUNCATE);

    if (status != SQLITE_OK) {
        return status;
    }
    if (file->body != NULL) {
        add_change(file->body, size, NULL, 0);
    }
    return file->real->pMethods->xTruncate(file->real, size);
}

static int vfs_sync(sqlite3_file *base, int flags) {
    struct faulty_file *file = file_of(base);
    int status = file->body == NULL ? SQLITE_OK : strike(false, SQLITE_IOERR_FSYNC);

    (void)flags;
    if (status != SQLITE_OK || file->body == NULL) {
        return status;
    }
    if (++disk.syncs == disk.fault.at && disk.fault.kind == FAULT_SYNC) {
        sync_body(file->body, false);
        return SQLITE_IOERR_FSYNC;
    }
    sync_body(file->body, true);
    if (file->syncs_folder) {
        sync_folder();
        file->syncs_folder = false;
    }
    return SQLITE_OK;
}

static int vfs_size(sqlite3_file *base, sqlite3_int64 *ret) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xFileSize(real, ret);
}

static int vfs_lock(sqlite3_file *base, int lock) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xLock(real, lock);
}

static int vfs_unlock(sqlite3_file *base, int lock) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xUnlock(real, lock);
}

static int vfs_is_reserved(sqlite3_file *base, int *ret) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xCheckReservedLock(real, ret);
}

/* SQLite hints at sizes to come; the usual VFS would then write past our count. */
static int vfs_control(sqlite3_file *base, int op, void *argument) {
    sqlite3_file *real = file_of(base)->real;

    return op == SQLITE_FCNTL_SIZE_HINT || op == SQLITE_FCNTL_CHUNK_SIZE
               ? SQLITE_OK
               : real->pMethods->xFileControl(real, op, argument);
}

static int vfs_sector(sqlite3_file *base) {
    (void)base;
    return SECTOR;
}

static int vfs_traits(sqlite3_file *base) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xDeviceCharacteristics(real);
}

static int vfs_shm_map(sqlite3_file *base, int page, int bytes, int extend, void volatile **ret) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xShmMap(real, page, bytes, extend, ret);
}

static int vfs_shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void vfs_shm_barrier(sqlite3_file *base) {
    sqlite3_file *real = file_of(base)->real;

    real->pMethods->xShmBarrier(real);
}

static int vfs_shm_unmap(sqlite3_file *base, int delete) {
    sqlite3_file *real = file_of(base)->real;

    return real->pMethods->xShmUnmap(real, delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = vfs_close, .xRead = vfs_read, .xWrite = vfs_write,
    .xTruncate = vfs_truncate, .xSync = vfs_sync, .xFileSize = vfs_size, .xLock = vfs_lock,
    .xUnlock = vfs_unlock, .xCheckReservedLock = vfs_is_reserved, .xFileControl = vfs_control,
    .xSectorSize = vfs_sector, .xDeviceCharacteristics = vfs_traits, .xShmMap = vfs_shm_map,
    .xShmLock = vfs_shm_lock, .xShmBarrier = vfs_shm_barrier, .xShmUnmap = vfs_shm_unmap,
};

/* ---- The folder ---- */

static int open_followed(struct faulty_file *file, const char *path, int flags) {
    struct name *name = find_name(path);

    if (name->now == NULL) {
        int status = (flags & SQLITE_OPEN_CREATE) == 0 ? SQLITE_CANTOPEN
                                                       : strike(true, SQLITE_CANTOPEN);

        if (status != SQLITE_OK) {
            return SQLITE_CANTOPEN;
        }
        name->now = new_body();
    }
    file->body = name->now;
    file->syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 &&
                         (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    return SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *base, int flags,
    int *ret_flags) {
    struct faulty_file *file = file_of(base);
    int status = SQLITE_OK;

    (void)vfs;
    *file = (struct faulty_file){.base = {&methods}, .real = (sqlite3_file *)(file + 1)};
    file->real->pMethods = NULL;
    if (path != NULL && (flags & SQLITE_OPEN_DELETEONCLOSE) == 0) {
        status = open_followed(file, path, flags);
    }
    if (status == SQLITE_OK) {
        status = disk.real->xOpen(disk.real, path, file->real, flags, ret_flags);
    }
    return status;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync) {
    struct name *name = find_name(path);
    int status = strike(false, SQLITE_IOERR_DELETE);

    (void)vfs;
    if (status == SQLITE_OK) {
        status = disk.real->xDelete(disk.real, path, 0);
    }
    if (status == SQLITE_OK) {
        name->now = NULL;
        if (sync != 0) {
            sync_folder();
        }
    }
    return status;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret) {
    (void)vfs;
    return disk.real->xAccess(disk.real, path, flags, ret);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int room, char *ret) {
    (void)vfs;
    return disk.real->xFullPathname(disk.real, path, room, ret);
}

static int vfs_last_error(sqlite3_vfs *vfs, int room, char *ret) {
    (void)vfs;
    (void)room;
    (void)ret;
    return 0;
}

void faulty_vfs_install(void) {
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.iVersion = 2;
    disk.vfs.szOsFile = (int)sizeof(struct faulty_file) + disk.real->szOsFile;
    disk.vfs.pNext = NULL;
    disk.vfs.zName = "faulty";
    disk.vfs.xOpen = vfs_open;
    disk.vfs.xDelete = vfs_delete;
    disk.vfs.xAccess = vfs_access;
    disk.vfs.xFullPathname = vfs_full_path;
    disk.vfs.xGetLastError = vfs_last_error;
    assert_int_equal(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

/* ---- Beginning, ending ---- */

static void forget_names(void) {
    while (disk.bodies != NULL) {
        struct body *body = disk.bodies;

        disk.bodies = body->older;
        sync_body(body, false);
        free(body->bytes);
        free(body);
    }
    memset(disk.name, 0, sizeof(disk.name));
    disk.names = 0;
}

void faulty_vfs_uninstall(void) {
    forget_names();
    assert_int_equal(sqlite3_vfs_unregister(&disk.vfs), SQLITE_OK);
    assert_int_equal(sqlite3_vfs_register(disk.real, 1), SQLITE_OK);
}

void faulty_vfs_begin(struct fault fault) {
    forget_names();
    disk.fault = fault;
    disk.count = 0;
    disk.syncs = 0;
    disk.down = false;
}

void faulty_vfs_cure(void) {
    disk.fault = (struct fault){.kind = FAULT_NONE};
    disk.down = false;
}

uint64_t faulty_vfs_count(void) {
    return disk.count;
}

uint64_t faulty_vfs_syncs(void) {
    return disk.syncs;
}

/* ---- The power cut ---- */

/* Steele, Lea, Flood 2014, SplitMix64: below `limit`. */
static uint64_t draw(uint64_t limit) {
    uint64_t z = disk.random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % limit;
}

/* Some of its sectors, each with half a chance. */
static void apply_sectors(struct body *body, const struct change *change) {
    size_t done = 0;

    if (change->bytes == NULL) {
        if (draw(2) == 0) {
            apply(body, change);
        }
        return;
    }
    while (done < change->length) {
        int64_t at = change->offset + (int64_t)done;
        size_t length = SECTOR - (size_t)(at % SECTOR);

        length = length < change->length - done ? length : change->length - done;
        if (draw(2) == 0) {
            put(body, at, change->bytes + done, length);
        }
        done += length;
    }
}

static size_t count_changes(const struct body *body) {
    size_t count = 0;

    for (const struct change *change = body->first; change != NULL; change = change->next) {
        count++;
    }
    return count;
}

static void lose_changes(struct body *body, enum fault_survival survival) {
    size_t left = survival == SURVIVE_NOTHING ? 0 : count_changes(body);

    if (survival == SURVIVE_FIRST && left > 0) {
        left = (size_t)draw(left + 1);
    }
    while (body->first != NULL) {
        bool last = body->first->next == NULL;

        if (left > 0 && (survival == SURVIVE_SECTORS || (survival == SURVIVE_ALL && last))) {
            apply_sectors(body, body->first);
        } else if (left > 0) {
            apply(body, body->first);
        }
        left -= left > 0;
        drop_first(body);
    }
}

static void write_body(const char *path, const struct body *body) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    assert_true(file >= 0);
    assert_int_equal(write(file, body->bytes, body->length), body->length);
    assert_int_equal(close(file), 0);
}

void faulty_vfs_cut_power(enum fault_survival survival, uint64_t seed) {
    disk.random = seed;
    for (size_t i = 0; i < disk.names; i++) {
        struct name *name = &disk.name[i];
        bool as_synced = survival == SURVIVE_NOTHING ||
                         (survival != SURVIVE_ALL && draw(2) == 0);
        struct body *body = as_synced ? name->synced : name->now;
        char shm[NAME_BYTES + 8];

        (void)snprintf(shm, sizeof(shm), "%s-shm", name->text);
        (void)unlink(shm);
        (void)unlink(name->text);
        if (body != NULL) {
            lose_changes(body, survival);
            write_body(name->text, body);
        }
    }
    faulty_vfs_cure();
    forget_names();
}
