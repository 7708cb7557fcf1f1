"""The threat model names tests that exist."""

import re
from pathlib import Path

PAGE = Path("docs/threat-model.md")


def test_every_mitigation_names_a_test_that_exists() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if re.match(r"\| [STRIDE]", line)]

    assert len(rows) > 40
    for row in rows:
        named = re.findall(r"`([\w/.-]+\.py)::(test_\w+)`", row.rsplit("|", 2)[1])
        assert named, f"no test is named: {row}"
        for file, test in named:
            assert f"def {test}(" in (Path("tests") / file).read_text(), f"{file} has no {test}"


def test_every_kind_of_threat_is_looked_at() -> None:
    letters = set(
        re.findall(r"[STRIDE]", " ".join(re.findall(r"^\| ([STRIDE, ]+) \|", PAGE.read_text(), re.MULTILINE)))
    )

    assert letters == set("STRIDE")
