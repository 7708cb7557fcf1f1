"""What each role's scope covers."""

from datetime import UTC, datetime, timedelta

import pytest
from servicekit.domain import NotPermitted
from servicekit.security import (
    ANONYMOUS,
    AUTHENTICATED,
    NOWHERE,
    PUBLIC,
    Grant,
    Policy,
    Principal,
    Role,
    Target,
    allow,
    division_prefix,
)

PLACE = Target(division="350802001001", unit="u1", member="m1", line="education")
EVERYBODY = allow(*Role)


def holding(role: Role, scope: str, *permissions: str) -> Principal:
    return Principal("somebody", (Grant(role, scope, permissions=frozenset(permissions)),))


@pytest.mark.parametrize(
    ("role", "scope", "covered"),
    [
        (Role.HOST, "350802001001", True),
        (Role.HOST, "350802001002", False),
        (Role.SUBDISTRICT_ADMIN, "350802001", True),
        (Role.SUBDISTRICT_ADMIN, "350802002", False),
        (Role.COUNTY_ADMIN, "350802", True),
        (Role.COUNTY_ADMIN, "350803", False),
        (Role.CITY_ADMIN, "3508", True),
        (Role.CITY_ADMIN, "350800", True),
        (Role.CITY_ADMIN, "350900", False),
        (Role.CITY_ADMIN, "", False),
        (Role.UNIT_ADMIN, "u1", True),
        (Role.UNIT_ADMIN, "u2", False),
        (Role.UNIT_ADMIN, "u", False),
        (Role.MEMBER, "m1", True),
        (Role.MEMBER, "m2", False),
        (Role.LINE_ADMIN, "education", True),
        (Role.LINE_ADMIN, "health", False),
    ],
)
def test_a_role_covers_what_is_in_its_scope(role, scope, covered):
    assert EVERYBODY.permits(holding(role, scope), PLACE, "Mutation.x") is covered


@pytest.mark.parametrize("role", list(Role))
def test_nothing_covers_what_belongs_nowhere(role):
    assert not EVERYBODY.permits(holding(role, "350802", "Mutation.x"), NOWHERE, "Mutation.x")


def test_a_role_that_the_rule_does_not_name_counts_for_nothing():
    assert not allow(Role.HOST).permits(holding(Role.CITY_ADMIN, "3508"), PLACE, "Mutation.x")


def test_an_auditor_reads_and_changes_nothing():
    auditor = holding(Role.AUDITOR, "3508")

    assert EVERYBODY.permits(auditor, PLACE, "Query.x")
    assert not EVERYBODY.permits(auditor, PLACE, "Mutation.x")


def test_an_integration_does_only_what_its_grant_names():
    system = holding(Role.INTEGRATION, "350802", "Mutation.x")

    assert EVERYBODY.permits(system, PLACE, "Mutation.x")
    assert not EVERYBODY.permits(system, PLACE, "Mutation.y")
    assert not EVERYBODY.permits(system, Target(division="350803001001"), "Mutation.x")


def test_public_and_authenticated_ask_for_no_scope():
    assert PUBLIC.permits(ANONYMOUS, NOWHERE, "Query.x")
    assert not AUTHENTICATED.permits(ANONYMOUS, NOWHERE, "Query.x")
    assert AUTHENTICATED.permits(Principal("somebody"), NOWHERE, "Query.x")


def test_the_role_gate_needs_no_target():
    assert allow(Role.HOST).admits(holding(Role.HOST, "350802001001"))
    assert not allow(Role.HOST).admits(holding(Role.MEMBER, "m1"))
    assert not allow(Role.HOST).admits(ANONYMOUS)


def test_a_refused_check_names_the_permission():
    policy = Policy({"Mutation.x": allow(Role.HOST)})

    policy.check(holding(Role.HOST, "350802001001"), "Mutation.x", PLACE)
    with pytest.raises(NotPermitted) as refused:
        policy.check(ANONYMOUS, "Mutation.x", PLACE)

    assert "Mutation.x" in refused.value.message("en")


def test_a_grant_ends_at_its_end():
    now = datetime.now(UTC)
    ended = Principal("somebody", (Grant(Role.HOST, "350802", valid_until=now),))
    running = Principal("somebody", (Grant(Role.HOST, "350802", valid_until=now + timedelta(seconds=1)),))

    assert ended.at(now).grants == ()
    assert running.at(now).grants == running.grants


@pytest.mark.parametrize(
    ("scope", "prefix"),
    [("350800", "3508"), ("350000", "35"), ("350802", "350802"), ("350802100", "350802100"), ("3508", "3508")],
)
def test_a_city_code_of_six_digits_is_the_prefix_of_four(scope, prefix):
    assert division_prefix(scope) == prefix
