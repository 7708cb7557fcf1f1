"""Certificates of registration: the numbered paper that a member carries to the community.

A number is `HJ-<county>-<five characters>-<five characters>`: 40 random bits in an alphabet without look-alikes, then
two check digits (ISO 7064 mod 97-10 over county and characters), so a misread number is told from an unknown one.
"""

import re
from datetime import date, datetime

from pydantic import BaseModel
from servicekit.domain import InvalidInput, NotFound, Refusal
from stdnum.iso7064 import mod_97_10

from registration.domain.calendar import city_date

RANDOM_BITS = 40
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER = re.compile(r"HJ-(\d{6})-([0-9A-Z]{5})-([0-9A-Z]{3}\d{2})")


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
    """The number made of `random` (40 bits)."""
    body = "".join(_ALPHABET[(random >> shift) & 31] for shift in range(RANDOM_BITS - 5, -1, -5))
    body += mod_97_10.calc_check_digits(county + body)
    return f"HJ-{county}-{body[:5]}-{body[5:]}"


def check_certificate_number(text: str, path: str = "certificate_number") -> str:
    """The number as it is stored; InvalidInput when it was mistyped."""
    number = "".join(text.split()).upper().replace("O", "0").replace("I", "1").replace("L", "1")
    parts = _NUMBER.fullmatch(number)
    if parts is None:
        raise InvalidInput(
            path=path,
            reason_zh="报到证编号形如 HJ-350802-XXXXX-XXXXX",
            reason_en="a certificate number looks like HJ-350802-XXXXX-XXXXX",
        )
    if not mod_97_10.is_valid("".join(parts.groups())):
        raise InvalidInput(
            path=path, reason_zh="报到证编号校验不符,请核对是否抄错", reason_en="its check digits are wrong: mistyped?"
        )
    return number


def no_such_certificate(number: str) -> NotFound:
    return NotFound(what_zh="报到证", what_en="certificate", id=number, path="certificate_number")
