// A disk that fails on demand: an SQLite VFS over the system's own, for one test at a time.
//
// A power cut takes back what was written since each file's last sync: every such write is undone,
// torn in half or left, by chance. (Shared memory is not on the disk: it goes with the process.)
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace nodewall::eventlog {

class failing_disk {
public:
    /// Registers the VFS `name()`; takes it away at the end.
    explicit failing_disk(std::uint64_t seed);
    ~failing_disk();
    failing_disk(const failing_disk&) = delete;
    failing_disk& operator=(const failing_disk&) = delete;

    static const char* name() { return "failing_disk"; }

    /// From the `n`th write or sync from now on the power is gone: every operation fails.
    void cut_power_at(std::uint64_t n) { cut_at_ = operations_ + n; }
    bool power_is_cut() const { return operations_ >= cut_at_; }
    /// What the disk holds after the cut. Call when nobody has the files open.
    void settle();

    /// While set, writes that would let a file grow fail as on a full disk.
    bool full = false;

    // For the VFS.
    int before_write(const std::string& path, std::int64_t offset, int size, std::int64_t file_size,
                     const std::function<void(char*, int)>& read);
    int before_sync(const std::string& path);
    int before_anything() const;

private:
    struct unsynced_write {
        std::string path;
        std::int64_t offset;
        std::string bytes_before;
        int size;
    };
    std::mt19937_64 random_;
    std::uint64_t operations_ = 0, cut_at_ = UINT64_MAX;
    std::vector<unsynced_write> unsynced_;
};

} // namespace nodewall::eventlog
