"""Every roster line is in exactly one status, whatever the three lists hold."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registration.domain.likeness import Candidates, PersonTraits, likeness
from registration.domain.matching import Held, MatchTier, PaperLine, match_papers
from registration.domain.reconciling import (
    OFF_ROSTER,
    PlatformLine,
    ReconciledLine,
    ReconciliationStatus,
    RosterLine,
    Standing,
    counted,
    not_on_roster,
    reconcile,
)

from tests.registration.unit.test_registrations import NUMBER, TODAY, certified, completed, submitted

S = ReconciliationStatus
HOME, AWAY = "350802001001", "350802001002"
members = st.sampled_from([f"m{number}" for number in range(6)])
places = st.sampled_from([HOME, AWAY])


def sole(
    registrations: list[tuple[str, Standing]], papers: list[str] | None = None, residence: str | None = HOME
) -> ReconciledLine:
    """The line of one member with these registrations and papers."""
    platform = [PlatformLine(f"r{n}", "m", place, standing) for n, (place, standing) in enumerate(registrations)]
    held = [PaperLine(f"p{n}", place, "i", None) for n, place in enumerate(papers or [])]
    (line,) = reconcile([RosterLine("m", "u", residence)], platform, match_papers(held, {"i": "m"}, {}).held, {})
    return line


@pytest.mark.parametrize(
    ("registrations", "papers", "status"),
    [
        ([], [], S.NOT_REGISTERED),
        ([], [HOME], S.NOT_REGISTERED),
        ([(HOME, Standing.SUBMITTED)], [], S.SUBMITTED_ONLY),
        ([(HOME, Standing.CERTIFIED)], [], S.CERTIFICATE_NOT_PRESENTED),
        ([(HOME, Standing.CERTIFIED)], [HOME], S.CERTIFICATE_NOT_PRESENTED),
        ([(HOME, Standing.CERTIFIED)], [AWAY], S.WRONG_PLACE),
        ([(HOME, Standing.COMPLETED)], [HOME], S.COMPLETED),
        ([(AWAY, Standing.COMPLETED)], [], S.WRONG_PLACE),
        ([(HOME, Standing.COMPLETED), (AWAY, Standing.SUBMITTED)], [], S.COMPLETED),
        ([(HOME, Standing.COMPLETED), (AWAY, Standing.COMPLETED)], [], S.DUPLICATE),
        ([(HOME, Standing.COMPLETED)], [AWAY], S.DUPLICATE),
        ([], [HOME, AWAY], S.DUPLICATE),
    ],
)
def test_what_the_three_lists_say_decides_the_status(
    registrations: list[tuple[str, Standing]], papers: list[str], status: ReconciliationStatus
) -> None:
    assert sole(registrations, papers).status is status


def test_whoever_lives_nowhere_known_is_nowhere_wrong() -> None:
    assert sole([(AWAY, Standing.COMPLETED)], residence=None).status is S.COMPLETED


def test_whoever_left_and_is_still_registered_is_named() -> None:
    platform = [PlatformLine("r", "gone", HOME, Standing.COMPLETED)]

    (line,) = reconcile([], platform, {}, {"gone": "u", "gone too": "u"})

    assert (line.status, line.member_id, line.unit_id) == (S.LEFT_BUT_REGISTERED, "gone", "u")


def test_a_paper_of_nobody_is_not_on_the_roster() -> None:
    (line,) = not_on_roster([PaperLine("p", HOME, None, None)])

    assert (line.status, line.member_id, line.papers) == (S.NOT_ON_ROSTER, None, ("p",))


def test_a_paper_is_matched_by_number_then_by_key_and_never_where_two_fit() -> None:
    papers = [
        PaperLine("by number", HOME, "i1", "k2"),
        PaperLine("by key", HOME, None, "k2"),
        PaperLine("two fit", HOME, None, "k3"),
        PaperLine("unknown number", HOME, "i9", "k2"),
        PaperLine("decided", HOME, None, "k3", "m3"),
    ]

    held, strangers = match_papers(papers, {"i1": "m1"}, {"k2": ["m2"], "k3": ["m3", "m4"]})

    assert held == {
        "m1": [Held(papers[0], MatchTier.ID_NUMBER)],
        "m2": [Held(papers[1], MatchTier.NAME_BIRTH_PHONE)],
        "m3": [Held(papers[4], MatchTier.DECIDED)],
    }
    assert [one.paper_id for one in strangers] == ["two fit", "unknown number"]


@given(
    roster=st.lists(st.builds(RosterLine, members, st.just("u"), st.none() | places), max_size=8),
    platform=st.lists(
        st.builds(PlatformLine, st.uuids().map(str), members, places, st.sampled_from(Standing)), max_size=12
    ),
    papers=st.lists(
        st.builds(PaperLine, st.uuids().map(str), places, st.none() | members, st.none(), st.none()), max_size=8
    ),
    departed=st.dictionaries(members, st.just("u"), max_size=4),
)
def test_counts_by_status_sum_to_the_roster(
    roster: list[RosterLine], platform: list[PlatformLine], papers: list[PaperLine], departed: dict[str, str]
) -> None:
    on_roster = list(dict.fromkeys(line.member_id for line in roster))
    held, strangers = match_papers(papers, {one: one for one in on_roster}, {})

    lines = [*reconcile(roster, platform, held, departed), *not_on_roster(strangers)]

    counts = counted(lines)
    assert sum(count for status, count in counts.items() if status not in OFF_ROSTER) == len(on_roster)
    assert [line.member_id for line in lines[: len(on_roster)]] == on_roster
    assert len({line.member_id for line in lines if line.member_id}) == sum(1 for line in lines if line.member_id)
    assert counts[S.NOT_ON_ROSTER] == len(papers) - sum(map(len, held.values()))


def test_a_day_is_answered_by_the_dates_on_the_papers() -> None:
    before, after = date(2016, 5, 31), date(2016, 6, 2)
    done, voided = completed(), certified()
    voided.void_certificate("lost", datetime(2016, 6, 1, 20, tzinfo=UTC))

    assert [submitted().standing_on(day) for day in (before, TODAY)] == [None, Standing.SUBMITTED]
    assert [done.standing_on(day) for day in (before, TODAY)] == [None, Standing.COMPLETED]
    assert [voided.standing_on(day) for day in (TODAY, after)] == [Standing.CERTIFIED, Standing.SUBMITTED]
    done.end("moved", datetime(2016, 6, 1, 20, tzinfo=UTC))
    assert [done.standing_on(day) for day in (TODAY, after)] == [Standing.COMPLETED, None]
    assert done.certificates[0].number == NUMBER


def test_people_who_sound_alike_come_first_and_strangers_not_at_all() -> None:
    paper = PersonTraits("张伟", "199001", "13600001234")
    among = Candidates([paper])
    among.see([("same sound", PersonTraits("章伟", "199001", "13800001234"))])
    among.see(
        [
            ("same phone", PersonTraits("李四", "198502", "13900001234")),
            ("stranger", PersonTraits("王五", "197001", "13700009999")),
        ]
    )

    found = among.of(paper)

    assert [one.member_id for one in found] == ["same sound"]
    assert found[0].score > 80


@pytest.mark.parametrize(
    ("paper", "person"),
    [
        (PersonTraits("张伟明"), PersonTraits("章维名", "199001", "13800001234")),
        (PersonTraits("张伟明", "199001"), PersonTraits("张伟", "199001", "13800001234")),
        (PersonTraits("张伟明", "199001"), PersonTraits("王伟明", "199001", "13800001234")),
        (PersonTraits("张伟明", "199010"), PersonTraits("张伟明", "199001", "13800001234")),
        (PersonTraits("张伟", None, "13900001234"), PersonTraits("章伟", "199001", "13800001234")),
    ],
)
def test_a_slip_in_one_of_name_birth_and_phone_still_finds_the_person(
    paper: PersonTraits, person: PersonTraits
) -> None:
    among = Candidates([paper])
    among.see([("m", person)])

    assert [one.member_id for one in among.of(paper)] == ["m"]


def test_a_paper_is_never_compared_with_more_than_its_blocks_hold() -> None:
    paper = PersonTraits("张伟")
    among = Candidates([paper])
    among.see((f"m{n}", PersonTraits("张伟", "199001", f"139{n:08d}")) for n in range(201))

    assert among.of(paper) == []


@given(
    st.builds(PersonTraits, st.text("张章李王伟五四", min_size=2, max_size=3), st.none() | st.just("199001"), st.none())
)
def test_nobody_is_likelier_than_the_person_itself(traits: PersonTraits) -> None:
    other = PersonTraits("赵六", "198001", "13800000000")

    assert likeness(traits, other) <= likeness(traits, traits) <= 100
