"""Certificates of registration: the numbered paper that a member carries to the community."""

from datetime import date, datetime

from pydantic import BaseModel
from servicekit.documents.numbers import Series
from servicekit.domain import NotFound, Refusal

from registration.domain.calendar import city_date

NUMBERS = Series("HJ", "报到证", "certificate")


class CertificateVoided(Refusal):
    number: str
    voided_on: date
    zh = "报到证 {number} 已于 {voided_on} 作废"
    en = "Certificate {number} was voided on {voided_on}"
    next_zh = "请党员出示单位重新签发的报到证。"
    next_en = "Ask for the certificate that the unit issued in its place."


class Certificate(BaseModel):
    number: str
    issued_at: datetime
    voided_at: datetime | None = None
    void_reason: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether it was issued and not voided at the end of that day."""
        return city_date(self.issued_at) <= on and (self.voided_at is None or on < city_date(self.voided_at))


def certificate_number(county: str, random: int) -> str:
    """The number made of `random` (60 bits)."""
    return NUMBERS.number(county, random)


def check_certificate_number(text: str, path: str = "certificate_number") -> str:
    """The number as it is stored; InvalidInput when it was mistyped."""
    return NUMBERS.check(text, path)


def no_such_certificate(number: str) -> NotFound:
    return NotFound(what_zh="报到证", what_en="certificate", id=number, path="certificate_number")
