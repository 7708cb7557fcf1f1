"""Wait for a condition, with a limit."""

import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], within: float, every: float = 0.05) -> bool:
    """Poll `condition` every `every` seconds; False if it did not hold `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
