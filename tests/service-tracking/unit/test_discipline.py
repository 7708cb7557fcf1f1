"""Any sequence of what may happen to an offer and its claims keeps their one discipline (a state machine)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from service_tracking.domain.claim import LIVE, Attendance, Claim, ClaimStatus
from service_tracking.domain.offer import ActivityMode, Occasion, Offer, OfferDraft, OfferKind, OfferStatus
from service_tracking.domain.offer_edit import OfferChanges, edit
from service_tracking.domain.person import Person
from service_tracking.domain.registered import Registered
from servicekit.domain import Refusal, new_id

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
COMMUNITY = "350802001001"
SHAPES = st.sampled_from([OfferKind.POST, OfferKind.WISH, OfferKind.PAIRING, OfferKind.TEAM, OfferKind.ACTIVITY])


class Discipline(RuleBasedStateMachine):
    """One offer and whoever claims it; places are given back, and on to who waits, as the use cases do."""

    live = Bundle("live")

    @initialize(kind=SHAPES, capacity=st.integers(1, 3), auto_approve=st.booleans())
    def publish(self, kind: OfferKind, capacity: int, auto_approve: bool) -> None:
        one_place = kind in (OfferKind.WISH, OfferKind.PAIRING)
        occasion = Occasion(date(2026, 5, 19), "the square", ActivityMode.TEAM) if kind is OfferKind.ACTIVITY else None
        draft = OfferDraft(
            kind,
            COMMUNITY,
            "Offer",
            capacity=1 if one_place else capacity,
            auto_approve=auto_approve,
            occasion=occasion,
        )
        self.offer = Offer.publish(draft, id=new_id(), by="host", now=NOW)
        self.claims: list[Claim] = []
        self.seen: dict[str, ClaimStatus] = {}

    def _try(self, act: Any) -> Any:
        """What it answered; a refusal must leave offer and claims as they were."""
        before = [one.model_dump() for one in (self.offer, *self.claims)]
        try:
            return act()
        except Refusal:
            assert before == [one.model_dump() for one in (self.offer, *self.claims)]
            return None

    def _member(self) -> Registered:
        return Registered("registration", new_id(), "unit", COMMUNITY)

    def _free(self, freed: Any) -> None:
        self.offer.places_left += bool(freed)
        for claim in self._queue():
            if self.offer.promotes(NOW):
                claim.promote(self.offer, now=NOW)

    def _queue(self) -> list[Claim]:
        waiting = [claim for claim in self.claims if claim.status is ClaimStatus.WAITING]
        return sorted(waiting, key=lambda claim: claim.queued or 0)

    def _dismiss(self) -> None:
        for claim in self._queue():
            claim.release(NOW)

    @rule(target=live, wait=st.booleans())
    def claim(self, wait: bool) -> Any:
        made = self._try(
            lambda: Claim.request(self.offer, self._member(), id=new_id(), by=Person("h"), now=NOW, wait=wait)
        )
        if made is not None:
            self.claims.append(made)
        return made

    @rule(claim=live)
    def approve(self, claim: Claim | None) -> None:
        if claim:
            self._try(lambda: claim.approve(self.offer, by="host", now=NOW))

    @rule(claim=live)
    def decline(self, claim: Claim | None) -> None:
        if claim:
            self._free(self._try(lambda: claim.decline(by="host", reason=None, now=NOW)))

    @rule(claim=live, end=st.sampled_from([Claim.release, Claim.withdraw, Claim.expire]))
    def leave(self, claim: Claim | None, end: Any) -> None:
        if claim:
            self._free(self._try(lambda: end(claim, NOW)))

    @rule(claim=live)
    def remind(self, claim: Claim | None) -> None:
        if claim:
            claim.remind(NOW)

    @rule(target=live, claim=live)
    def hand_over(self, claim: Claim | None) -> Any:
        if not claim:
            return None
        successor = self._try(lambda: claim.hand_over(self.offer, self._member(), id=new_id(), by="host", now=NOW))
        if successor is not None:
            self.claims.append(successor)
            assert successor.succeeds == claim.id
        return successor

    @rule(claim=live)
    def complete(self, claim: Claim | None) -> None:
        """A pairing's end is said; a wish comes true with its service."""
        end = Claim.come_true if self.offer.kind is OfferKind.WISH else Claim.complete
        if claim and self._try(lambda: end(claim, NOW) or True):
            self._try(lambda: self.offer.close(NOW))
            self._dismiss()

    @rule(claim=live, attendance=st.sampled_from(Attendance))
    def attend(self, claim: Claim | None, attendance: Attendance) -> None:
        if claim:
            self._try(lambda: claim.attend(self.offer, attendance, by="host", now=NOW))

    @rule(capacity=st.integers(0, 4), closes_on=st.sampled_from([None, date(2026, 5, 19), date(2026, 6, 1)]))
    def edit(self, capacity: int, closes_on: date | None) -> None:
        changes: OfferChanges = {"capacity": capacity, "closes_on": closes_on}
        if self._try(lambda: edit(self.offer, changes, version=self.offer.version, now=NOW)):
            self._free(False)

    @rule()
    def close(self) -> None:
        if self._try(lambda: self.offer.close(NOW) or True):
            self._dismiss()

    @rule()
    def hold(self) -> None:
        if self._try(lambda: self.offer.hold(None, NOW) or True):
            self._dismiss()

    @rule()
    def cancel(self) -> None:
        if self._try(lambda: self.offer.cancel(NOW) or True):
            for claim in self.claims:
                if claim.live:
                    self.offer.places_left += claim.release(NOW)

    @invariant()
    def places_and_claims_add_up(self) -> None:
        holding = sum(claim.holds_a_place or claim.status is ClaimStatus.COMPLETED for claim in self.claims)
        assert holding + self.offer.places_left == self.offer.capacity
        assert self.offer.places_left >= 0

    @invariant()
    def nobody_waits_for_a_place_that_is_free_or_for_an_offer_that_is_closed(self) -> None:
        queue = self._queue()
        assert not queue or (self.offer.status is OfferStatus.PUBLISHED and self.offer.places_left == 0)
        assert [claim.queued for claim in queue] == sorted({claim.queued for claim in queue if claim.queued})

    @invariant()
    def only_what_is_live_and_not_standing_expires(self) -> None:
        for claim in self.claims:
            lasts = claim.status is ClaimStatus.APPROVED and claim.kind in (OfferKind.TEAM, OfferKind.ACTIVITY)
            expires = claim.status in (ClaimStatus.PENDING, ClaimStatus.APPROVED) and not lasts
            assert (claim.expires_on is not None) == expires

    @invariant()
    def what_ended_stays_ended(self) -> None:
        for claim in self.claims:
            earlier = self.seen.get(claim.id)
            assert earlier in (None, *LIVE) or earlier is claim.status
            assert (claim.ended_at is None) == claim.live
            self.seen[claim.id] = claim.status

    @invariant()
    def only_pairings_and_wishes_complete_and_only_activities_are_held_and_attended(self) -> None:
        kind = self.offer.kind
        assert kind in (OfferKind.PAIRING, OfferKind.WISH) or all(
            claim.status is not ClaimStatus.COMPLETED for claim in self.claims
        )
        over = self.offer.status in (OfferStatus.HELD, OfferStatus.CANCELLED)
        assert kind is OfferKind.ACTIVITY or not over
        assert self.offer.status is OfferStatus.HELD or all(claim.attended is None for claim in self.claims)


TestDiscipline = pytest.mark.timeout(120)(Discipline.TestCase)
TestDiscipline.settings = settings(
    max_examples=150, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
