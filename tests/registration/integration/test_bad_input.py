"""What people really send: refused or corrected with its reason, and nothing half stored."""

import io

import xlsxwriter
from servicekit.storage.mongo import Database

from tests.registration.samples import COMMUNITY, OTHER_COMMUNITY, csv_file, id_number, person
from tests.registration.town import Town, token


def merged_headers() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["姓名", "身份证号"])
    sheet.merge_range(0, 2, 0, 3, "联系方式")
    sheet.write_row(1, 0, person())
    book.close()
    return buffer.getvalue()


async def test_gbk_declared_as_utf_8_and_merged_header_cells_store_nothing(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    gbk = csv_file([person()], encoding="gbk")

    refused = [await town.roster(unit, gbk, encoding="UTF_8"), await town.roster(unit, merged_headers())]

    assert [one["code"] for one in refused] == ["EncodingMismatch", "HeadersMerged"]
    assert [one["path"] for one in refused] == ["input.encoding", "input.contentBase64"]
    assert await database["members"].count_documents({}) == 0


async def test_the_same_id_number_twice_in_a_file_counts_once_whatever_the_case_of_its_x(
    town: Town, database: Database
) -> None:
    with_x = next(number for number in map(id_number, range(1, 200)) if number.endswith("X"))
    unit = await town.register_unit()
    rows = [["张三", with_x.lower(), "", ""], ["张三", with_x, "", ""]]

    refused = await town.roster(unit, csv_file(rows))
    applied = await town.roster(unit, csv_file(rows), acceptGoodRows=True)

    assert (refused["code"], refused["rows"]) == ("RosterHasErrors", [3])
    assert applied["version"]["joined"] == 1
    assert await database["members"].count_documents({}) == 1


async def test_a_unit_gets_nowhere_with_another_units_certificate(town: Town) -> None:
    unit, other = await town.register_unit(1), await town.register_unit(2)
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])
    bearer = token("UNIT_ADMIN", other)

    refused = [
        await town.change(name, bearer, registrationId=certified["id"], reason="x")
        for name in ("voidCertificate", "rejectRegistration", "endRegistration")
    ]
    elsewhere = await town.receive(certified["certificateNumber"], OTHER_COMMUNITY)
    received = await town.receive(certified["certificateNumber"], COMMUNITY)

    assert {one["code"] for one in (*refused, elsewhere)} == {"NotPermitted"}
    assert received["status"] == "COMPLETED"
