"""Who is helped: kept apart from the public text of an offer, sealed, and erased when the need is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict
from servicekit.domain import InvalidInput

from service_tracking.domain.days import check_not_future, day_of
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.placed import Placed
from service_tracking.domain.refusals import BeneficiaryErased, IdentityInPublicText, NotForBeneficiary

OF_A_HOUSEHOLD = (OfferKind.WISH, OfferKind.PAIRING)
_SHORTEST_TELLING = 2


class _Personal(BaseModel):
    """Whose values no error repeats."""

    model_config = ConfigDict(hide_input_in_errors=True)


class Guardian(_Personal):
    name: str
    relation: str
    phone: str


class Identity(_Personal):
    """What is sealed. `guardian` is there for a minor, and only then."""

    name: str
    phone: str
    address: str
    guardian: Guardian | None = None

    def contact(self) -> "Contact":
        """Whom to speak to: a minor's guardian."""
        if self.guardian is None:
            return Contact(name=self.name, relation="", phone=self.phone, address=self.address)
        guardian = self.guardian
        return Contact(name=guardian.name, relation=guardian.relation, phone=guardian.phone, address=self.address)

    def tells(self) -> list[str]:
        """What would tell who it is."""
        guardian = self.guardian
        told = [self.name, self.phone, self.address, *((guardian.name, guardian.phone) if guardian else ())]
        return [one for one in map(_squeezed, told) if len(one) >= _SHORTEST_TELLING]


@dataclass(frozen=True, slots=True)
class Contact:
    """What a helper gets to know. `relation` is the guardian's to the minor, empty for an adult."""

    name: str
    relation: str
    phone: str
    address: str


class ConsentGiver(StrEnum):
    SELF = "SELF"
    GUARDIAN = "GUARDIAN"


class Consent(BaseModel):
    """To which text (`version`) somebody consented, when; told by whom the identity was recorded."""

    given_by: ConsentGiver
    version: str
    given_on: date


class BeneficiarySnapshot(BaseModel):
    """The public state: that somebody's identity is kept, or no longer."""

    offer_id: str
    community: str
    held: bool


class Beneficiary(Placed):
    """Of one wish or pairing need, whose id it has. `sealed` is the Identity as a token, None once it is erased."""

    sealed: str | None
    minor: bool
    consent: Consent
    recorded_by: str
    recorded_at: datetime
    erased_at: datetime | None = None
    erased_by: str | None = None

    @classmethod
    def of(cls, offer: Offer, identity: Identity, sealed: str, consent: Consent, *, by: str, now: datetime) -> Self:
        """Raises InvalidInput, NotForBeneficiary, OfferClosed, IdentityInPublicText."""
        _check(offer, identity, consent, now)
        beneficiary = cls(
            id=offer.id,
            lane=offer.lane,
            community=offer.community,
            sealed=sealed,
            minor=identity.guardian is not None,
            consent=consent,
            recorded_by=by,
            recorded_at=now,
        )
        beneficiary.record("beneficiary-recorded")
        return beneficiary

    def replace(self, told: "Beneficiary") -> None:
        """Told anew: what was told before is gone."""
        for name in ("sealed", "minor", "consent", "recorded_by", "recorded_at", "erased_at", "erased_by"):
            setattr(self, name, getattr(told, name))
        self.record("beneficiary-recorded")

    def token(self) -> str:
        """What to open. Raises BeneficiaryErased."""
        if self.sealed is None:
            raise BeneficiaryErased(
                path="offer_id", offer_id=self.id, erased_on=day_of(self.erased_at or self.recorded_at)
            )
        return self.sealed

    def erase(self, *, by: str, now: datetime) -> None:
        """Raises BeneficiaryErased."""
        self.token()
        self.sealed, self.erased_at, self.erased_by = None, now, by
        self.record("beneficiary-erased")

    def snapshot(self) -> BeneficiarySnapshot:
        return BeneficiarySnapshot(offer_id=self.id, community=self.community, held=self.sealed is not None)


class RevealedTo(StrEnum):
    CLAIMANT = "CLAIMANT"
    HOST = "HOST"


class Reveal(Placed):
    """One entry in the log of who was shown an identity, and what for. Entries are added, never changed."""

    offer_id: str
    claim_id: str | None
    to: RevealedTo
    by: str
    purpose: str
    at: datetime

    @classmethod
    def log(
        cls, beneficiary: Beneficiary, claim_id: str | None, purpose: str, *, id: str, by: str, now: datetime
    ) -> Self:
        """Raises InvalidInput."""
        if not purpose.strip():
            raise InvalidInput(path="purpose", reason_zh="须写明用途", reason_en="say what it is needed for")
        return cls(
            id=id,
            lane=beneficiary.lane,
            offer_id=beneficiary.id,
            claim_id=claim_id,
            community=beneficiary.community,
            to=RevealedTo.CLAIMANT if claim_id else RevealedTo.HOST,
            by=by,
            purpose=purpose.strip(),
            at=now,
        )


def check_public(identity: Identity, offer: Offer) -> None:
    """Raises IdentityInPublicText where a public text of the offer tells who it is for."""
    check_said(identity, (offer.title, offer.description, offer.schedule, *offer.skills), path="offer_id")


def check_said(identity: Identity, texts: Iterable[str], *, path: str) -> None:
    """Raises IdentityInPublicText."""
    public = [_squeezed(text) for text in texts]
    if any(telling in text for telling in identity.tells() for text in public):
        raise IdentityInPublicText(path=path)


def _check(offer: Offer, identity: Identity, consent: Consent, now: datetime) -> None:
    if offer.kind not in OF_A_HOUSEHOLD:
        raise NotForBeneficiary(path="offer_id", offer_id=offer.id, kind=offer.kind.value)
    offer.check_published()
    for path, said in (("name", identity.name), ("address", identity.address), ("consent.version", consent.version)):
        if not said.strip():
            raise InvalidInput(path=path, reason_zh="不能为空", reason_en="it is empty")
    if not identity.contact().phone.strip():
        raise InvalidInput(path="phone", reason_zh="须有联系电话", reason_en="a phone number is needed")
    check_not_future(consent.given_on, now, path="consent.given_on")
    check_public(identity, offer)


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()
