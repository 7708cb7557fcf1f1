"""Spreadsheets, read in processes of their own: what one of them does to its reader is done to nobody else."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from threading import Lock
from typing import NamedTuple

from registration.domain import sheet_reader

Cell = str | float | int

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_COLUMNS = 60
MOST_UNPACKED_BYTES = 60_000_000
# The reader itself, and what a byte of a file becomes.
_READER_BYTES, _BYTES_A_BYTE = 128 * 1024 * 1024, 16
_WAIT_SECONDS = 30
_READING = Lock()


class SheetTooLarge(Exception):
    """It unpacks to more than MOST_UNPACKED_BYTES."""

    def __init__(self, unpacked: int) -> None:
        super().__init__(unpacked)
        self.unpacked = unpacked


class SheetUnreadable(Exception):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Sheet(NamedTuple):
    """The rows of the first visible sheet, and which of the first ones (from 0) merged cells touch sideways."""

    rows: list[list[Cell]]
    merged: set[int]


def is_spreadsheet(content: bytes) -> bool:
    return content.startswith((ZIP, OLD_EXCEL))


def read_sheet(content: bytes, *, most_rows: int, most_bytes: int) -> Sheet:
    """The rows of a file of up to `most_bytes`, which has nothing below `most_rows`. Blocks.

    Raises SheetTooLarge, SheetUnreadable.
    """
    _refuse_bombs(content)
    memory = _READER_BYTES + _BYTES_A_BYTE * most_bytes
    command = [sys.executable, sheet_reader.__file__, *(str(one) for one in (most_rows, MOST_COLUMNS, memory))]
    try:
        with _READING:
            done = subprocess.run(  # noqa: S603 - our own interpreter and file, and numbers
                command, input=content, capture_output=True, timeout=_WAIT_SECONDS, check=True
            )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        ended = getattr(error, "returncode", "timeout")
        raise SheetUnreadable(
            f"内容过大,或单元格分布过于零散({ended})", f"it holds too much, or cells that are too far apart ({ended})"
        ) from None
    found = json.loads(done.stdout)
    if "problem" in found:
        raise SheetUnreadable(*found["problem"])
    return Sheet(found["rows"], set(found["merged"]))


def _refuse_bombs(content: bytes) -> None:
    """By what the file itself says of its size; one that lies about it is stopped by its reader's limits."""
    if not content.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise SheetUnreadable("不是有效的电子表格", "it is no valid spreadsheet") from None
    if unpacked > MOST_UNPACKED_BYTES:
        raise SheetTooLarge(unpacked)
