"""Roster files as units send them: CSV in UTF-8 or GBK, or a workbook; a second version where people come and go."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from xlsxwriter import Workbook

from huijia_demo.city.model import City, Person, Presence, Unit

HEADER = ("姓名", "身份证号", "手机号", "居住社区代码")
Row = tuple[str, ...]
EFFECTIVE_ON = {1: date(2015, 6, 30), 2: date(2016, 9, 1)}


@dataclass(frozen=True)
class RosterFile:
    unit: Unit
    version: int
    effective_on: date
    path: Path
    people: list[Person]


def write_rosters(city: City, folder: Path) -> list[RosterFile]:
    """Write every file, and return them: first versions before second ones, units in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    return [*_version(city, folder, 1, Presence.LEAVES), *_version(city, folder, 2, Presence.JOINS)]


def _version(city: City, folder: Path, version: int, only: Presence) -> Iterator[RosterFile]:
    rolls: defaultdict[Unit, list[Person]] = defaultdict(list)
    changing = {person.unit for person in city.people if person.presence is not Presence.BOTH}
    for person in city.people:
        if person.presence in (Presence.BOTH, only):
            rolls[person.unit].append(person)
    for number, unit in enumerate(city.units):
        if version == 1 or unit in changing:
            suffix, encode = FORMATS[number % len(FORMATS)]
            path = folder / f"{unit.credit_code}-{version}{suffix}"
            path.write_bytes(encode([HEADER, *map(_row, rolls[unit])]))
            yield RosterFile(unit, version, EFFECTIVE_ON[version], path, rolls[unit])


def _row(person: Person) -> Row:
    """Whoever registers alone tells the residence there."""
    known = person.by_residence and not person.alone
    return person.name, person.id_number, person.phone, person.community if known else ""


def _csv(encoding: str) -> Callable[[list[Row]], bytes]:
    def encode(rows: list[Row]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        return text.getvalue().encode(encoding)

    return encode


def _workbook(rows: list[Row]) -> bytes:
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2015, 7, 1)})  # noqa: DTZ001 (the same bytes every time)
        sheet = book.add_worksheet("花名册")
        for index, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(index, column, text)
    return content.getvalue()


FORMATS: tuple[tuple[str, Callable[[list[Row]], bytes]], ...] = (
    ("-utf8.csv", _csv("utf-8")),
    ("-gbk.csv", _csv("gbk")),
    (".xlsx", _workbook),
)
