"""Consent: a member's yes to one version of the city's notice on personal data, with its date; it can be taken back."""

from datetime import datetime

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, InvalidInput, Refusal

from registration.domain.members import Member


class ConsentOutdated(Refusal):
    version: int
    zh = "告知书现行版本为第 {version} 版"
    en = "The notice in force is version {version}"
    next_zh = "请阅读现行版本后再同意。"
    next_en = "Read the version in force, and consent to it."


class NoConsentGiven(Refusal):
    zh = "没有可撤回的同意"
    en = "There is no consent to take back"
    next_zh = "无需撤回。"
    next_en = "There is nothing left to do."


class ConsentText(Aggregate):
    """One version of a city's notice, never changed; its id is `text_id(city, version)`."""

    city: str
    number: int
    zh: str
    en: str
    published_at: datetime
    published_by: str


class Given(BaseModel):
    number: int
    given_at: datetime
    withdrawn_at: datetime | None = None


class Consent(Aggregate):
    """All that one member (whose id it has) said yes to, oldest first."""

    given: list[Given] = Field(default_factory=list)

    @property
    def in_force(self) -> Given | None:
        """The newest one, unless it was taken back."""
        newest = self.given[-1] if self.given else None
        return newest if newest and newest.withdrawn_at is None else None

    def give(self, number: int, current: int | None, now: datetime) -> bool:
        """Whether anything changed: the same consent again is none."""
        if current is None:
            raise InvalidInput(path="version", reason_zh="本市尚未发布告知书", reason_en="the city has no notice yet")
        if number != current:
            raise ConsentOutdated(path="version", version=current)
        if self.covers(number):
            return False
        self.given.append(Given(number=number, given_at=now))
        return True

    def withdraw(self, now: datetime) -> None:
        if self.in_force is None:
            raise NoConsentGiven()
        self.given[-1].withdrawn_at = now

    def covers(self, current: int | None) -> bool:
        """Whether the version in force is the one that was consented to."""
        return current is not None and self.in_force is not None and self.in_force.number == current


def no_consent_yet(member: Member) -> Consent:
    return Consent(id=member.id, lane=member.lane)


def city_of(lane: str) -> str:
    """350802 is in the city 350800."""
    return f"{lane[:4]}00"


def text_id(city: str, number: int) -> str:
    return f"{city}-{number:05d}"
