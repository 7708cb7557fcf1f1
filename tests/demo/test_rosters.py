"""Roster files are what units would send: three formats, the same bytes every time."""

import csv
from pathlib import Path

from huijia_demo.city import build_city
from huijia_demo.city.model import Presence
from huijia_demo.city.rosters import HEADER, RosterFile, write_rosters
from python_calamine import CalamineWorkbook


def _rows(file: RosterFile) -> list[list[str]]:
    if file.path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(file.path).get_sheet_by_index(0)
        return [[str(cell) for cell in row] for row in sheet.to_python()]
    encoding = "gbk" if file.path.name.endswith("-gbk.csv") else "utf-8"
    return list(csv.reader(file.path.read_bytes().decode(encoding).splitlines()))


def test_each_unit_sends_one_file_in_one_of_three_formats(tmp_path: Path) -> None:
    city = build_city(0.005)

    first = [file for file in write_rosters(city, tmp_path) if file.version == 1]

    assert [file.unit for file in first] == city.units
    assert {file.path.name.removeprefix(f"{file.unit.credit_code}-1") for file in first} == {
        "-utf8.csv",
        "-gbk.csv",
        ".xlsx",
    }


def test_a_file_reads_back_as_the_people_on_the_roster(tmp_path: Path) -> None:
    for file in write_rosters(build_city(0.005), tmp_path):
        header, *lines = _rows(file)

        assert tuple(header) == HEADER
        assert [line[:3] for line in lines] == [[person.name, person.id_number, person.phone] for person in file.people]
        known = [person.community if person.by_residence and not person.alone else "" for person in file.people]
        assert [line[3] for line in lines] == known


def test_the_newest_rosters_have_every_active_line_and_nobody_who_left(tmp_path: Path) -> None:
    city = build_city(0.005)

    newest = {file.unit: file for file in write_rosters(city, tmp_path)}

    on_roster = {person for file in newest.values() for person in file.people}
    assert on_roster == {person for person in city.people if person.presence is not Presence.LEAVES}


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    city = build_city(0.003)

    once = {file.path.name: file.path.read_bytes() for file in write_rosters(city, tmp_path / "once")}
    twice = {file.path.name: file.path.read_bytes() for file in write_rosters(city, tmp_path / "twice")}

    assert once == twice
