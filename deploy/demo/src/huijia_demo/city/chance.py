"""Chance that repeats: one seeded stream a topic, so that a new topic leaves the others as they were."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

SEED = 350800


def stream(topic: str) -> Random:
    return Random(f"{SEED}:{topic}")  # noqa: S311 (a demo, no secret)


def shares(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """Split `total` in proportion to `weights`, at least `least` each, by largest remainder."""
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError(f"{total} can't give {len(weights)} shares of {least} at least")
    quotas = [rest * weight / sum(weights) for weight in weights]
    whole = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda i: whole[i] - quotas[i])
    for i in by_remainder[: rest - sum(whole)]:
        whole[i] += 1
    return [least + share for share in whole]


def uneven(chance: Random, count: int) -> list[float]:
    """Weights of things that differ, none more than about twice another."""
    return [chance.uniform(0.7, 1.4) for _ in range(count)]


def day_between(chance: Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randint(0, (last - first).days))
