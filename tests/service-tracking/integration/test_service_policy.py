"""Policies on the real database: who is bound, and that no race exceeds the cap of a day."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.domain.person import Person
from service_tracking.domain.policy import Backlog, Ruled
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.domain.refusals import HoursOverCap
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.reject_records import RejectRecord, reject_records
from service_tracking.use_cases.set_policy import SetPolicy, set_policy
from service_tracking.use_cases.submit_records import SubmitRecord, submit_records
from servicekit.security import Role

SET = """mutation($input: SetServicePolicyInput!) { setServicePolicy(input: $input) {
  ... on ServicePolicy { id divisionCode hoursStep rounding backdatingDays backlog lifted }
  ... on Refusal { code path } } }"""
RULES = """query($of: [_Any!]!, $on: Date) { _entities(representations: $of) { ... on Community {
  serviceRules(on: $on) { hoursStep mostHoursPerDay backdatingDays minimumServicesAYear } } } }"""


async def test_submissions_at_once_never_exceed_the_cap_of_a_day(town: Any) -> None:
    (member,) = await town.members(1)
    await town.rule(most_hours_per_day=Decimal(5))

    outcomes = await asyncio.gather(*(town.submit(member, hours=Decimal(2)) for _ in range(10)), return_exceptions=True)

    assert sum(isinstance(outcome, ServiceRecord) for outcome in outcomes) == 2
    assert {type(outcome) for outcome in outcomes} == {ServiceRecord, HoursOverCap}


async def test_a_batch_never_exceeds_the_cap_and_a_rejection_frees_its_hours(town: Any) -> None:
    (member,) = await town.members(1)
    await town.rule(most_hours_per_day=Decimal(5))
    rows = [SubmitRecord(member, town.service(hours=Decimal(2))) for _ in range(4)]

    outcomes = await town.run(submit_records, Person("unit"), rows)
    await town.run(reject_records, Person("host"), [RejectRecord(outcomes[0].id, "nobody came")])

    assert [type(outcome) for outcome in outcomes] == [ServiceRecord] * 2 + [HoursOverCap] * 2
    assert await town.submit(member, hours=Decimal(3))


async def test_the_backlog_is_judged_by_the_new_rules_where_the_policy_says_so(town: Any) -> None:
    (member,) = await town.members(1)
    waiting = [await town.submit(member, hours=Decimal(3)) for _ in range(2)]
    await town.rule(most_hours_per_day=Decimal(5), backlog=Backlog.NEW_RULES)

    (refused,) = await town.run(
        confirm_records, Person("host"), [ConfirmRecord(waiting[0].id, ConfirmationMethod.VISIT)]
    )
    await town.run(reject_records, Person("host"), [RejectRecord(waiting[1].id, "twice the same")])
    (confirmed,) = await town.run(
        confirm_records, Person("host"), [ConfirmRecord(waiting[0].id, ConfirmationMethod.VISIT)]
    )

    assert isinstance(refused, HoursOverCap)
    assert confirmed.confirmation is not None


async def test_a_policy_is_inherited_down_the_tree(town: Any, api: Any) -> None:
    town_of = "999901"
    community = f"{town_of}001001"
    said = {"startsOn": "2026-01-01", "backlog": "OLD_RULES"}
    city, county = (Role.CITY_ADMIN, "999900"), (Role.COUNTY_ADMIN, town_of)

    for grant, division, ruled in (
        (city, "999900", {"backdatingDays": 90, "hoursStep": "0.5"}),
        (county, town_of, {"backdatingDays": 30}),
    ):
        answer = await api.result(SET, grant, input={**said, **ruled, "divisionCode": division})
        assert answer["divisionCode"] == division

    of = [{"__typename": "Community", "code": community}]
    answers = [await api.result(RULES, (Role.MEMBER, "m"), of=of, on=on) for on in ("2025-12-31", "2026-01-01")]
    assert [one[0]["serviceRules"] for one in answers] == [
        {"hoursStep": "0.1", "mostHoursPerDay": None, "backdatingDays": None, "minimumServicesAYear": 2},
        {"hoursStep": "0.5", "mostHoursPerDay": None, "backdatingDays": 30, "minimumServicesAYear": 2},
    ]


async def test_a_community_lifts_what_it_would_inherit(api: Any) -> None:
    community = "999902001001"
    said = {"backlog": "OLD_RULES", "startsOn": "2026-01-01"}
    street = {**said, "divisionCode": community[:9], "backdatingDays": 30, "mostHoursPerDay": "8.0"}
    own = {**said, "divisionCode": community, "lifted": ["BACKDATING_DAYS", "BACKDATING_DAYS"]}
    grant = (Role.COUNTY_ADMIN, community[:6])

    await api.result(SET, grant, input=street)
    lifted = await api.result(SET, grant, input=own)
    both = await api.result(SET, grant, input={**own, "backdatingDays": 5})

    of = [{"__typename": "Community", "code": community}]
    (answer,) = await api.result(RULES, (Role.MEMBER, "m"), of=of, on="2026-01-01")
    assert lifted["lifted"] == ["BACKDATING_DAYS"]
    assert (both["code"], both["path"]) == ("InvalidInput", "input.backdatingDays")
    assert (answer["serviceRules"]["backdatingDays"], answer["serviceRules"]["mostHoursPerDay"]) == (None, "8.0")


async def test_a_policy_is_told_with_all_that_it_rules(town: Any) -> None:
    policy = await town.rule(most_hours_per_day=Decimal("7.5"))

    (event,) = await town.told(policy.id)

    assert (event.fact, event.lane, event.data["ruled"]["most_hours_per_day"]) == ("policy-set", "350802", "7.5")


async def test_a_record_out_of_the_window_is_refused_with_its_field(town: Any) -> None:
    (member,) = await town.members(1)
    await town.rule(backdating_days=10)

    with pytest.raises(Exception, match="OutsideWindow at served_on"):
        await town.submit(member, served_on=date(2015, 7, 1))


async def test_a_record_that_is_submitted_while_a_policy_commits_is_judged_by_it_when_confirmed(town: Any) -> None:
    (member,) = await town.members(1)
    rules = Ruled(most_hours_per_day=Decimal(4))
    submitted = []

    async def overtaken(work: Any) -> Any:
        policy = await set_policy(work, SetPolicy(town.community, rules, Backlog.NEW_RULES, date(2015, 1, 1)))
        if not submitted:
            submitted.append(await town.submit(member, hours=Decimal(5)))
        return policy

    policy = await town.run(overtaken)
    (record,) = submitted
    (refused,) = await town.run(confirm_records, Person("host"), [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])

    assert policy.set_at <= record.submitted_at
    assert isinstance(refused, HoursOverCap)
