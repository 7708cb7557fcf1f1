"""Projects and the ledger of support on the real database and as their clients see them."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.domain.person import Person
from service_tracking.domain.project import Project, ProjectStatus
from service_tracking.domain.refusals import NoAgreement, StepNotPossible
from service_tracking.domain.venue import VenueKind
from service_tracking.use_cases.move_projects import MoveProject, move_projects
from service_tracking.use_cases.reverse_support import reverse_support
from service_tracking.use_cases.rows import only
from servicekit.domain import InvalidInput
from servicekit.security import Role

REFUSAL = "... on Refusal { code path }"
PROPOSE = f"""mutation($inputs: [ProposeProjectInput!]!) {{ proposeProjects(inputs: $inputs) {{
  ... on ProposeProjectsPayload {{ outcomes {{ ... on Project {{ id status agreementId }} {REFUSAL} }} }} }} }}"""
GIVE = f"""mutation($input: RecordSupportInput!) {{ recordSupport(input: $input) {{
  ... on SupportEntry {{ id value projectId }} {REFUSAL} }} }}"""
REVERSE = f"""mutation($input: ReverseSupportInput!) {{ reverseSupport(input: $input) {{
  ... on SupportEntry {{ id }} {REFUSAL} }} }}"""
LEDGER = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Unit {
  supports { nodes { id value quantity givenOn note reverses reversedBy } } } } }"""
SEEN = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Unit {
  projects { nodes { status startedOn community { code }
    supports { nodes { kind value } } } } supports { nodes { id } } }
  ... on Community { servicePoints { nodes { name status } } programmes { nodes { name } } } } }"""


async def move(town: Any, project: Project, to: ProjectStatus) -> Project:
    return only(await town.run(move_projects, Person("host"), [MoveProject(project.id, to, None, "reason")]))


async def test_a_project_with_its_support_as_the_unit_sees_it(town: Any, api: Any) -> None:
    await town.agree()
    unit, host = (Role.UNIT_ADMIN, town.unit), (Role.HOST, town.community)
    parties = {"communityCode": town.community, "unitId": town.unit}
    rows = [{**parties, "title": "A reading room", "proposedOn": "2016-03-01"}, {**parties, "title": " "}]

    answer = await api.result(PROPOSE, unit, inputs=rows)
    project = answer["outcomes"][0]
    await town.run(move_projects, Person("host"), [MoveProject(project["id"], ProjectStatus.STARTED)])
    gift = {**parties, "kind": "MATERIALS", "quantity": "12.5", "measure": "boxes", "value": "1234.56"}
    support = await api.result(GIVE, host, input={**gift, "projectId": project["id"]})
    (seen,) = await api.result(SEEN, unit, of=[{"__typename": "Unit", "id": town.unit}])

    assert project["agreementId"] == f"agreement of {town.unit} with {town.community}"
    assert answer["outcomes"][1] == {"code": "InvalidInput", "path": "inputs.1.title"}
    assert seen["projects"]["nodes"][0]["supports"]["nodes"] == [{"kind": "MATERIALS", "value": "1234.56"}]
    assert seen["supports"]["nodes"] == [{"id": support["id"]}]
    (event,) = await town.told(support["id"])
    assert (event.data["value"], event.data["quantity"], event.data["project_id"]) == ("1234.56", "12.5", project["id"])


async def test_a_wrong_entry_is_taken_back_once_and_the_sums_come_right(town: Any, api: Any) -> None:
    await town.agree()
    wrong, right = await town.support(value=Decimal("5000.50")), await town.support(value=Decimal(500))
    host, row = (Role.HOST, town.community), {"supportId": wrong.id, "reason": "a nought too many"}

    answers = await asyncio.gather(*(api.result(REVERSE, host, input=row) for _ in range(4)))
    (taken_back,) = [one for one in answers if "id" in one]
    (seen,) = await api.result(LEDGER, host, of=[{"__typename": "Unit", "id": town.unit}])

    refused = {"code": "SupportReversed", "path": "input.supportId"}
    assert sorted(map(str, answers)) == sorted(map(str, [taken_back, *[refused] * 3]))
    entries = {one["id"]: one for one in seen["supports"]["nodes"]}
    contra = entries[taken_back["id"]]
    assert (contra["reverses"], entries[wrong.id]["reversedBy"]) == (wrong.id, contra["id"])
    assert (contra["note"], contra["givenOn"]) == ("a nought too many", wrong.given_on.isoformat())
    assert sum(Decimal(one["value"]) for one in entries.values()) == right.value
    assert sum(Decimal(one["quantity"]) for one in entries.values()) == right.quantity
    (event,) = await town.told(contra["id"])
    assert (event.fact, event.data["reverses"], event.data["value"]) == ("support-reversed", wrong.id, "-5000.50")


async def test_a_reversal_has_a_reason_and_is_not_reversed(town: Any) -> None:
    await town.agree()
    support = await town.support()

    with pytest.raises(InvalidInput):
        await town.run(reverse_support, support.id, " ")
    contra = await town.run(reverse_support, support.id, "given to another community")

    with pytest.raises(InvalidInput):
        await town.run(reverse_support, contra.id, "it was right")


async def test_a_unit_without_an_agreement_proposes_nothing(town: Any) -> None:
    with pytest.raises(NoAgreement):
        await town.project()


async def test_complete_against_cancel_leaves_one_answer(town: Any) -> None:
    await town.agree()
    for _ in range(5):
        project = await town.project()
        await move(town, project, ProjectStatus.STARTED)

        outcomes = await asyncio.gather(
            *(move(town, project, to) for to in (ProjectStatus.COMPLETED, ProjectStatus.CANCELLED)),
            return_exceptions=True,
        )

        assert {type(outcome) for outcome in outcomes} == {Project, StepNotPossible}


async def test_service_points_and_programmes_are_listed_apart(town: Any, api: Any) -> None:
    point, programme = [await town.venue(kind) for kind in VenueKind]

    (seen,) = await api.result(SEEN, (Role.MEMBER, "m"), of=[{"__typename": "Community", "code": town.community}])

    assert seen == {
        "servicePoints": {"nodes": [{"name": "Gate", "status": "OPEN"}]},
        "programmes": {"nodes": [{"name": "Gate"}]},
    }
    facts = [event.fact for one in (point, programme) for event in await town.told(one.id)]
    assert facts == ["service-point-opened", "programme-launched"]


async def test_amounts_are_summed_exactly_by_the_database(town: Any, api: Any) -> None:
    await town.agree()
    parties = {"communityCode": town.community, "unitId": town.unit}
    for value in ("0.1", "0.2"):
        gift = {**parties, "kind": "FUNDS", "quantity": "1", "measure": "grant", "value": value}
        await api.result(GIVE, (Role.HOST, town.community), input=gift)

    found = await town.database["supports"].aggregate(
        [{"$match": {"community": town.community}}, {"$group": {"_id": None, "value": {"$sum": "$value"}}}]
    )
    assert [one["value"] async for one in found] == [Decimal("0.3")]
