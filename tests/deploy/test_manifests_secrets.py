"""No secret is in the repository."""

import re
import subprocess
from pathlib import Path

import pytest

SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}",
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]{20,}",
    "cloud access key": r"\b(?:AKIA|ASIA|LTAI)[A-Z0-9]{16}\b",
    "forge token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20})\b",
    "password in an address": r"\b(?:mongodb(?:\+srv)?|amqps?|https?)://[\w-]+:(?!guest@|password@|[${<.])[^\s@/\"'{}]{6,}@",
}
FOUND = re.compile("|".join(f"(?P<{name.replace(' ', '_')}>{pattern})" for name, pattern in SECRETS.items()))


def secrets_in(text: str) -> list[str]:
    """The kinds of secrets found; never the secrets themselves, which would then be in a log."""
    return [str(match.lastgroup) for match in FOUND.finditer(text)]


def test_no_tracked_file_holds_a_secret() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout.split("\0")
    files = [path for name in tracked if (path := Path(name)).is_file()]

    found = {str(path): kinds for path in files if (kinds := secrets_in(path.read_text(errors="replace")))}

    assert len(files) > 100
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIB2m",
        "ghp" + "_" + "a1" * 18,
        "AKIA" + "A1B2C3D4E5F6G7H8",
        "mongodb://root:" + "hunter2hunter2@host/",
        "eyJ" + "hbGciOiJFZERTQSJ9.eyJ" + "zdWIiOiJzb21lYm9keSJ9AAAA." + "c2lnbmF0dXJlLXNpZ25hdHVyZQ",
    ],
)
def test_a_planted_secret_is_found(planted: str) -> None:
    assert len(secrets_in(planted)) == 1


def test_a_placeholder_is_no_secret() -> None:
    assert not secrets_in("mongodb://registration:${MONGODB_PASSWORD:?run}@mongodb/ and amqp://guest:...@rabbitmq/")
