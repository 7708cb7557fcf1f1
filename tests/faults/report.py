"""The report of a trial, for people and for machines."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.trial import Outcome

AFTER_SECONDS = 3.0  # a fault is blamed for what was unavailable until so long after its healing


def report(outcome: Outcome) -> dict[str, Any]:
    """Figures of a trial; unavailability in seconds between two successes of a client that uses both gateways."""
    verdict = outcome.verdict
    return {
        "seed": outcome.seed,
        "seconds": round(outcome.seconds),
        "faults": len(outcome.faults),
        "commands_acknowledged": outcome.model.acknowledged,
        "commands_of_unknown_outcome": outcome.model.unknown,
        "events": verdict.events,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "stale": len(verdict.stale),
        "wrong_figures": len(verdict.wrong_figures),
        "dead_letters": len(verdict.dead_letters),
        "verify": verdict.drift or "no drift",
        "reads": len(outcome.reads.times),
        "kinds": _kinds(outcome),
        "attempts": dict(sorted(outcome.attempts.items())),
        "problems": verdict.problems[:100],
    }


def _kinds(outcome: Outcome) -> list[dict[str, Any]]:
    counts = Counter(fault.kind for fault in outcome.faults)
    return [
        {
            "kind": kind,
            "times": times,
            "longest_without_reads": _longest(outcome, kind, reads=True),
            "longest_without_writes": _longest(outcome, kind, reads=False),
        }
        for kind, times in sorted(counts.items())
    ]


def _longest(outcome: Outcome, kind: str, *, reads: bool) -> float:
    successes = outcome.reads if reads else outcome.writes
    spans = [(fault.began, fault.healed + AFTER_SECONDS) for fault in outcome.faults if fault.kind == kind]
    return round(max(successes.longest_gap(*span) for span in spans), 1)


def as_markdown(figures: dict[str, Any]) -> str:
    """The same for people."""
    heads = [name for name, value in figures.items() if not isinstance(value, (list, dict))]
    lines = [f"# Faults, seed {figures['seed']}", "", "| figure | value |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {figures[name]} |" for name in heads]
    lines += [
        "",
        "| kind of fault | times | longest without reads, s | longest without writes, s |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one['kind']} | {one['times']} | {one['longest_without_reads']} | {one['longest_without_writes']} |"
        for one in figures["kinds"]
    ]
    lines += ["", "What attempts of the clients came to: " + json.dumps(figures["attempts"])]
    lines += ["", *(f"- {problem}" for problem in figures["problems"])]
    return "\n".join(lines).rstrip() + "\n"


def write_report(outcome: Outcome, folder: Path) -> dict[str, Any]:
    """`report-<seed>.md` and `.json` in the folder."""
    figures = report(outcome)
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"report-{outcome.seed}"
    stem.with_suffix(".json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    stem.with_suffix(".md").write_text(as_markdown(figures))
    return figures
