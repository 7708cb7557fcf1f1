"""The books never drift: replaced contributions come out at what a fresh count of the newest facts gives."""

from evaluation.domain.books import book, recount, touched_standings
from evaluation.domain.contributions import CellKey, Counts, StandingKey, add
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
        self.standings: dict[StandingKey, Standing] = {}

    def keep(self, batch: list[Fact]) -> None:
        newer = [
            fact
            for fact in newest(batch)
            if fact.key not in self.ledger or self.ledger[fact.key].version < fact.version
        ]
        replaced = [(self.ledger.get(fact.key), fact) for fact in newer]
        at_hand = {key: self.standings[key] for key in touched_standings(replaced) if key in self.standings}
        changes = book(replaced, at_hand)
        self.ledger |= {fact.key: fact for fact in newer}
        self.standings |= changes.standings
        for key, counts in changes.cells.items():
            add(self.cells.setdefault(key, {}), counts)

    def counted_cells(self) -> dict[CellKey, Counts]:
        return {key: counts for key, counts in self.cells.items() if counts}

    def counted_standings(self) -> dict[StandingKey, Counts]:
        return {key: standing.counts for key, standing in self.standings.items() if standing.counts}


@given(histories(), st.integers(1, 7))
def test_any_order_duplication_and_replacement_gives_the_same_books_as_a_fresh_recount(
    arrived: list[Fact], batch: int
) -> None:
    books = Books()

    for start in range(0, len(arrived), batch):
        books.keep(arrived[start : start + batch])

    fresh = recount(newest(arrived))
    assert books.counted_cells() == fresh.cells
    assert books.counted_standings() == {key: standing.counts for key, standing in fresh.standings.items()}


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
    before = {
        key: Standing(key, {"line/350802001001/u1/2016-01-01/9999-12-31": 1})
        for key in touched_standings([(None, fact)])
    }

    book([(None, fact)], before)

    assert all(standing.counts == {"line/350802001001/u1/2016-01-01/9999-12-31": 1} for standing in before.values())
