"""The facts of other services that registration listens to: none yet."""

from typing import Any

from servicekit.bus.apply import Consumes

CONSUMED: list[Consumes[Any]] = []
