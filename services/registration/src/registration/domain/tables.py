"""Tables out of uploaded files: CSV in UTF-8 or GB 18030 (which holds GBK), and spreadsheets.

The text is never guessed into mojibake: bytes that do not fit the declared encoding are refused.
"""

import csv
import io
from dataclasses import dataclass
from enum import StrEnum

from servicekit.domain import Refusal, TooManyRows

from registration.domain.spreadsheets import (
    MOST_UNPACKED_BYTES,
    Cell,
    Sheet,
    SheetTooLarge,
    SheetUnreadable,
    is_spreadsheet,
    read_sheet,
)

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
_HEADER_WITHIN = 10


class Encoding(StrEnum):
    UTF_8 = "UTF_8"
    GBK = "GBK"


class FileTooLarge(Refusal):
    limit_bytes: int
    actual_bytes: int
    zh = "文件 {actual_bytes} 字节,超过上限 {limit_bytes} 字节;未保存任何内容"
    en = "The file has {actual_bytes} bytes, the most is {limit_bytes}. Nothing was stored."
    next_zh = "请拆分文件,或删除无关的工作表和图片。"
    next_en = "Split the file, or take out other sheets and pictures."


class FileUnreadable(Refusal):
    zh = "无法读取文件:{reason_zh}"
    en = "The file can't be read: {reason_en}"
    next_zh = "请另存为 UTF-8 编码的 CSV 或 XLSX 后重新上传。"
    next_en = "Save it as CSV in UTF-8 or as XLSX, and send it again."


class EncodingMismatch(Refusal):
    declared: str
    detected: str
    zh = "文件声明为 {declared},但内容是 {detected}"
    en = "The file was declared as {declared}, but its bytes are {detected}"
    next_zh = "请改正声明的编码(或留空以自动识别)后重新上传。"
    next_en = "Declare the right encoding, or none to have it detected, and send the file again."


class HeadersMissing(Refusal):
    missing: list[str]
    zh = "缺少列:{missing_text}"
    en = "Columns are missing: {missing_text}"
    next_zh = "表头须在前 10 行内的同一行,且包含这些列。"
    next_en = "Within the first ten rows, one row must name these columns."


class HeadersMerged(Refusal):
    zh = "表头所在行({row})含有合并单元格"
    en = "The header row ({row}) has merged cells"
    next_zh = "请取消合并,每列一个表头。"
    next_en = "Unmerge them: one header a column."


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How large a file may be."""

    bytes: int = MOST_BYTES
    rows: int = MOST_ROWS


@dataclass(frozen=True, slots=True)
class Line:
    """One row under the header: its number in the file (from 1) and its cells by the table's own column keys."""

    number: int
    cells: dict[str, Cell]

    def text(self, key: str) -> str:
        """The cell as text; numbers without exponent or trailing .0, blank when the column is not there."""
        return _as_text(self.cells.get(key, ""))


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a file, and headers that nobody asked for."""

    lines: list[Line]
    ignored: list[str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is looked for: its key, and the headers it goes by (the first one is used in messages)."""

    key: str
    headers: tuple[str, ...]
    required: bool = False


def read_table(
    content: bytes,
    columns: tuple[Column, ...],
    encoding: Encoding | None = None,
    limits: TableLimits = TableLimits(),
) -> Table:
    """The lines of a CSV or spreadsheet file, blank ones left out.

    Raises FileTooLarge, FileUnreadable, EncodingMismatch, HeadersMissing, HeadersMerged, TooManyRows.
    """
    if len(content) > limits.bytes:
        raise FileTooLarge(path="content_base64", limit_bytes=limits.bytes, actual_bytes=len(content))
    if not content.strip():
        raise _unreadable("文件为空", "it is empty")
    if is_spreadsheet(content):
        rows, merged = _spreadsheet(content, limits)
    else:
        rows, merged = _csv(_decode(content, encoding)), set()
    return _under_header(rows, merged, columns, limits)


def _under_header(rows: list[list[Cell]], merged: set[int], columns: tuple[Column, ...], limits: TableLimits) -> Table:
    header, keys = _find_header(rows, columns)
    if header in merged:
        raise HeadersMerged(path="content_base64", row=header + 1)
    filled = [
        (number, row)
        for number, row in enumerate(rows[header + 1 :], header + 2)
        if any(_as_text(cell) for cell in row)
    ]
    if len(filled) > limits.rows:
        raise TooManyRows(path="content_base64", limit=limits.rows, actual=len(filled))
    lines = [
        Line(number, {key: row[position] for position, key in keys.items() if position < len(row)})
        for number, row in filled
    ]
    names = [_as_text(cell) for cell in rows[header]]
    return Table(lines, [name for position, name in enumerate(names) if name and position not in keys])


def _find_header(rows: list[list[Cell]], columns: tuple[Column, ...]) -> tuple[int, dict[int, str]]:
    known = {_header(name): column.key for column in columns for name in column.headers}
    required = {column.key: column.headers[0] for column in columns if column.required}
    nearest = set(required)
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        keys: dict[int, str] = {}
        for position, cell in enumerate(row):
            key = known.get(_header(_as_text(cell)))
            if key is not None and key not in keys.values():
                keys[position] = key
        missing = set(required) - set(keys.values())
        if not missing:
            return index, keys
        nearest = min(nearest, missing, key=len)
    names = [name for key, name in required.items() if key in nearest]
    raise HeadersMissing(path="content_base64", missing=names, missing_text="、".join(names))


def _header(text: str) -> str:
    """Headers are compared without spaces, notes in brackets, stars and case: `* 身份证号 (必填)` is 身份证号."""
    bare = text.replace("(", "(").split("(")[0]
    return "".join(character for character in bare if character.isalnum()).lower()


def _decode(content: bytes, declared: Encoding | None) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unreadable("文件是 UTF-16 编码", "it is in UTF-16")
    utf8, gbk = _decoded(content, "utf-8-sig"), _decoded(content, "gb18030")
    if declared is Encoding.UTF_8 and utf8 is None:
        raise _mismatch(declared, "GBK" if gbk is not None else None)
    if declared is Encoding.GBK and (gbk is None or (utf8 is not None and not content.isascii())):
        raise _mismatch(declared, "UTF-8" if utf8 is not None else None)
    text = utf8 if utf8 is not None else gbk
    if text is None:
        raise _unreadable("编码既不是 UTF-8 也不是 GBK", "its bytes are neither UTF-8 nor GBK")
    if "\x00" in text:
        raise _unreadable("不是文本文件", "it is no text file")
    return text


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mismatch(declared: Encoding, detected: str | None) -> EncodingMismatch:
    return EncodingMismatch(
        path="encoding", declared=declared.replace("_", "-"), detected=detected or "其他编码 / of another encoding"
    )


def _csv(text: str) -> list[list[Cell]]:
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [list(row) for row in reader]
    except csv.Error as error:
        raise _unreadable(
            f"第 {reader.line_num} 行的引号或分隔符有误", f"line {reader.line_num} is malformed ({error})"
        ) from None


def _spreadsheet(content: bytes, limits: TableLimits) -> Sheet:
    try:
        return read_sheet(content, most_rows=limits.rows * 4, most_bytes=limits.bytes)
    except SheetTooLarge as error:
        raise FileTooLarge(
            path="content_base64", limit_bytes=MOST_UNPACKED_BYTES, actual_bytes=error.unpacked
        ) from None
    except SheetUnreadable as error:
        raise _unreadable(error.zh, error.en) from None


def _as_text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().strip(" \ufeff")


def _unreadable(zh: str, en: str) -> FileUnreadable:
    return FileUnreadable(path="content_base64", reason_zh=zh, reason_en=en)
