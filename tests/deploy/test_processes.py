"""A process counts as gone only when nothing of it is left."""

import sys
from pathlib import Path

from huijia_local.processes import Process
from huijia_local.waiting import wait_until

# Its first thread ends by the system call that ends a thread alone; the second one waits for the signal.
_TWO_THREADS = """
import ctypes, os, signal, threading
threading.Thread(target=signal.pause).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)
"""


def _first_thread_ended(process: Process) -> bool:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_process_of_which_one_thread_is_left_is_alive_until_that_is_killed_too(tmp_path: Path) -> None:
    process = Process.spawn("two threads", [sys.executable, "-c", _TWO_THREADS], tmp_path / "log")

    ended = wait_until(lambda: _first_thread_ended(process), within=20)
    alive = process.alive
    process.kill()

    assert ended
    assert alive
    assert not Path(f"/proc/{process.pid}").exists()
