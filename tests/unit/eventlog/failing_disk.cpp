#include "failing_disk.hpp"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdexcept>
#include <unistd.h>

namespace nodewall::eventlog {

namespace {

failing_disk* disk = nullptr;

sqlite3_vfs& real() {
    return *sqlite3_vfs_find("unix");
}

/// SQLite allocates `szOsFile` bytes: this, then the real file.
struct file : sqlite3_file {
    const char* path; // SQLite keeps it as long as the file is open
    sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

file& of(sqlite3_file* f) {
    return *static_cast<file*>(f);
}
const sqlite3_io_methods& below(sqlite3_file* f) {
    return *of(f).below()->pMethods;
}

int write(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 offset) {
    sqlite3_int64 file_size = 0;
    below(f).xFileSize(of(f).below(), &file_size);
    const auto read = [&](char* to, int n) { below(f).xRead(of(f).below(), to, n, offset); };
    if (const int code = disk->before_write(of(f).path, offset, size, file_size, read))
        return code;
    return below(f).xWrite(of(f).below(), bytes, size, offset);
}

int sync(sqlite3_file* f, int flags) {
    if (const int code = disk->before_sync(of(f).path))
        return code;
    return below(f).xSync(of(f).below(), flags);
}

int read(sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
    if (const int code = disk->before_anything())
        return code;
    return below(f).xRead(of(f).below(), to, size, offset);
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (const int code = disk->before_anything())
        return code;
    return below(f).xTruncate(of(f).below(), size);
}

int close(sqlite3_file* f) {
    return below(f).xClose(of(f).below());
}
int size(sqlite3_file* f, sqlite3_int64* n) {
    return below(f).xFileSize(of(f).below(), n);
}
int lock(sqlite3_file* f, int kind) {
    return below(f).xLock(of(f).below(), kind);
}
int unlock(sqlite3_file* f, int kind) {
    return below(f).xUnlock(of(f).below(), kind);
}
int reserved(sqlite3_file* f, int* n) {
    return below(f).xCheckReservedLock(of(f).below(), n);
}
int control(sqlite3_file* f, int op, void* a) {
    return below(f).xFileControl(of(f).below(), op, a);
}
int sector(sqlite3_file* f) {
    return below(f).xSectorSize(of(f).below());
}
// No promise that a write is whole or in order.
int traits(sqlite3_file*) {
    return 0;
}
int shm_map(sqlite3_file* f, int page, int bytes, int extend, void volatile** to) {
    return below(f).xShmMap(of(f).below(), page, bytes, extend, to);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return below(f).xShmLock(of(f).below(), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    below(f).xShmBarrier(of(f).below());
}
int shm_unmap(sqlite3_file* f, int remove) {
    return below(f).xShmUnmap(of(f).below(), remove);
}

const sqlite3_io_methods methods = {
    2,       close,  read,   write,   truncate, sync,        size,      lock,    unlock, reserved,
    control, sector, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

int open(sqlite3_vfs*, const char* path, sqlite3_file* f, int flags, int* flags_out) {
    of(f).pMethods = nullptr;
    of(f).path = path == nullptr ? "" : path;
    const int code = real().xOpen(&real(), path, of(f).below(), flags, flags_out);
    if (code == SQLITE_OK)
        of(f).pMethods = &methods;
    return code;
}

int remove(sqlite3_vfs*, const char* path, int sync_folder) {
    if (const int code = disk->before_anything())
        return code;
    return real().xDelete(&real(), path, sync_folder);
}

sqlite3_vfs registered;

} // namespace

failing_disk::failing_disk(std::uint64_t seed) : random_(seed) {
    disk = this;
    registered = real();
    registered.zName = name();
    registered.szOsFile = static_cast<int>(sizeof(file)) + real().szOsFile;
    registered.xOpen = open;
    registered.xDelete = remove;
    sqlite3_vfs_register(&registered, 0);
}

failing_disk::~failing_disk() {
    sqlite3_vfs_unregister(&registered);
    disk = nullptr;
}

int failing_disk::before_anything() const {
    return power_is_cut() ? SQLITE_IOERR : SQLITE_OK;
}

int failing_disk::before_write(const std::string& path, std::int64_t offset, int size,
                               std::int64_t file_size,
                               const std::function<void(char*, int)>& read) {
    ++operations_;
    if (power_is_cut())
        return SQLITE_IOERR_WRITE;
    if (full && offset + size > file_size)
        return SQLITE_FULL;
    std::string before(static_cast<std::size_t>(size), '\0');
    if (offset < file_size)
        read(before.data(), size);
    unsynced_.push_back({path, offset, std::move(before), size});
    return SQLITE_OK;
}

int failing_disk::before_sync(const std::string& path) {
    ++operations_;
    if (power_is_cut())
        return SQLITE_IOERR_FSYNC;
    std::erase_if(unsynced_, [&](const auto& w) { return w.path == path; });
    return SQLITE_OK;
}

void failing_disk::settle() {
    for (auto w = unsynced_.rbegin(); w != unsynced_.rend(); ++w) {
        const auto fate = random_() % 3; // undone, torn, left
        if (fate == 2)
            continue;
        const auto kept = fate == 1 ? w->size / 2 : 0;
        const int f = ::open(w->path.c_str(), O_WRONLY);
        if (f < 0)
            continue; // deleted since
        if (::pwrite(f, w->bytes_before.data() + kept, static_cast<std::size_t>(w->size - kept),
                     w->offset + kept) < 0)
            throw std::runtime_error("pwrite " + w->path);
        ::close(f);
    }
    unsynced_.clear();
    cut_at_ = UINT64_MAX;
}

} // namespace nodewall::eventlog
