"""The books never drift: replaced contributions come out at what a fresh count of the newest facts gives."""

from evaluation.domain.books import book, recount, touched_members
from evaluation.domain.contributions import CellKey, Counts, add_cells, counting
from evaluation.domain.facts import Fact
from evaluation.domain.standings import Standing
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.stories import facts, histories, newest


class Books:
    """A ledger, cells and standings in memory, kept batch by batch as the service keeps them."""

    def __init__(self) -> None:
        self.ledger: dict[str, Fact] = {}
        self.cells: dict[CellKey, Counts] = {}
        self.standings: dict[str, Standing] = {}

    def keep(self, batch: list[Fact]) -> None:
        newer = [
            fact
            for fact in newest(batch)
            if fact.key not in self.ledger or self.ledger[fact.key].version < fact.version
        ]
        replaced = [(self.ledger.get(fact.key), fact) for fact in newer]
        touched = touched_members(replaced)
        at_hand = {member: self.standings[member] for member in touched if member in self.standings}
        changes = book(replaced, at_hand)
        self.ledger |= {fact.key: fact for fact in newer}
        self.standings |= changes.standings
        add_cells(self.cells, changes.cells)

    def counted_cells(self) -> dict[CellKey, Counts]:
        return counting(self.cells)

    def counted_standings(self) -> dict[str, Standing]:
        return {member: standing for member, standing in self.standings.items() if standing.shares}


@given(histories(), st.integers(1, 7))
def test_any_order_duplication_and_replacement_gives_the_same_books_as_a_fresh_recount(
    arrived: list[Fact], batch: int
) -> None:
    books = Books()

    for start in range(0, len(arrived), batch):
        books.keep(arrived[start : start + batch])

    fresh = recount(newest(arrived))
    assert books.counted_cells() == fresh.cells
    assert books.counted_standings() == fresh.standings


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(arrived: list[Fact], random: st.randoms) -> None:  # type: ignore[valid-type]
    shuffled = [*arrived, *arrived]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = Books(), Books()

    one.keep(arrived)
    for fact in shuffled:
        other.keep([fact])

    assert one.counted_cells() == other.counted_cells()
    assert one.counted_standings() == other.counted_standings()


@given(facts())
def test_booking_never_changes_the_standings_it_was_given(fact: Fact) -> None:
    held = {"line/350802001001/u1/2016-01-01/9999-12-31": 1}
    before = {member: Standing(member, {"350802": dict(held)}) for member in touched_members([(None, fact)])}

    book([(None, fact)], before)

    assert all(standing.shares == {"350802": held} for standing in before.values())
