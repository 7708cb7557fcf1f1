"""Generate operations and ask them, one after the other."""

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.asking import Asker
from tests.fuzz.operations import operations, schema

CHUNK = 500


def fuzz(
    asker: Asker,
    count: int,
    known: Sequence[str],
    seed_number: int = 1,
    tell: Callable[[int], None] = lambda _done: None,
) -> int:
    """Ask about `count` operations; how many it were. The same seed asks the same."""
    graph = schema()
    strategy = operations(graph, known)
    done = 0

    def ask(operation: str) -> None:
        nonlocal done
        asker.ask(operation)
        done += 1
        tell(done)

    # In chunks: hypothesis keeps a tree of all that one run has tried.
    chunk = 0
    while done < count:
        limits = settings(
            max_examples=min(CHUNK, count - done),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        before = done
        seed(seed_number * 100_000 + chunk)(limits(given(strategy)(ask)))()
        chunk += 1
        if done == before:
            break
    return done
