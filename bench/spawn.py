"""Started once, while it is small: runs commands for a benchmark and says what they used. The kernel counts
the memory of whoever starts a program as that program's own, so a large process must not start it.

Takes lines of JSON on standard input, {"command", "stdin", "stdout"} (paths of files), and answers each
with {"status", "seconds", "cpu", "bytes"}.
"""
import json
import os
import sys
import time


def run(command, stdin, stdout):
    begun = time.monotonic()
    actions = [(os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
               (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_TRUNC, 0)]
    _, status, used = os.wait4(os.posix_spawnp(command[0], command, os.environ, file_actions=actions), 0)
    return {"status": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - begun,
            "cpu": used.ru_utime + used.ru_stime, "bytes": used.ru_maxrss * 1024}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(**json.loads(line))), flush=True)
