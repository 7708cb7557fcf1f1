"""Reads a spreadsheet in a process of its own: `python sheet_reader.py ROWS COLUMNS BYTES`, the file on stdin.

A file of five kilobytes may name a cell so far away that no memory holds the sheet, and a library that can't get its
memory takes its whole process with it. Here that is this process alone. It imports nothing of ours, to start quickly.

On stdout: `{"rows": [[cell, ...], ...], "merged": [row, ...]}`, or `{"problem": [zh, en]}`.
"""

import json
import resource
import sys
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any

SECONDS = 10
HEADER_WITHIN = 10
MOST_CHARACTERS = 20_000_000


def limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(content: bytes, rows: int, columns: int) -> dict[str, Any]:
    """The first visible sheet: its rows, at most `rows`, and which of the first ones are merged sideways."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
            sheet = book.get_sheet_by_name(visible[0])
            if sheet.total_width > columns:
                return {"problem": [f"超过 {columns} 列", f"it has more than {columns} columns"]}
            raw = sheet.to_python(skip_empty_area=False, nrows=rows)
            if sheet.end and sheet.end[0] >= rows and any(any(row) for row in islice(sheet.iter_rows(), rows, None)):
                # Never left out in silence: who is missing from a roster has left it.
                return {"problem": [f"第 {rows} 行之后还有内容", f"something stands below row {rows}"]}
            merged = sheet.merged_cell_ranges or []
    except (CalamineError, IndexError, ValueError, OSError) as error:
        return {"problem": ["不是有效的电子表格", f"it is no valid spreadsheet ({type(error).__name__})"]}
    cells = [[cell(value) for value in row] for row in raw]
    if sum(len(value) for row in cells for value in row if isinstance(value, str)) > MOST_CHARACTERS:
        return {"problem": ["文字过多", "it has too much text"]}
    return {
        "rows": cells,
        "merged": sorted(
            {
                row
                for (top, left), (bottom, right) in merged
                if right > left
                for row in range(top, min(bottom, HEADER_WITHIN) + 1)
            }
        ),
    }


def cell(value: Any) -> str | int | float:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    return str(value)


def main() -> None:
    rows, columns, memory = (int(argument) for argument in sys.argv[1:])
    limit(memory)
    json.dump(read(sys.stdin.buffer.read(), rows, columns), sys.stdout)


if __name__ == "__main__":
    main()
