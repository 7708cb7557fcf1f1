"""Numbers of papers: unguessable, and a misread one is told from an unknown one.

A number is `<prefix>-<lane>-<five characters>-<five characters>-<four characters>`: 60 random bits in an alphabet
without look-alikes, then two check digits (ISO 7064 mod 97-10 over lane and characters). Papers are verified by
anybody, so their numbers must not be found by trying: of 100,000 papers in a county, 1,000 tries a second find one in
366 years.
"""

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_97_10

from servicekit.domain import InvalidInput

RANDOM_BITS = 60
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER = re.compile(r"(.+)-(\d{6})-([0-9A-Z]{5})-([0-9A-Z]{5})-([0-9A-Z]{2}\d{2})")
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one kind of paper. `prefix` is free of the letters I, L and O."""

    prefix: str
    zh: str
    en: str

    def number(self, lane: str, random: int) -> str:
        """The number made of `random` (60 bits)."""
        body = "".join(_ALPHABET[(random >> shift) & 31] for shift in range(RANDOM_BITS - 5, -1, -5))
        body += mod_97_10.calc_check_digits(lane + body)
        return f"{self.prefix}-{lane}-{body[:5]}-{body[5:10]}-{body[10:]}"

    def check(self, text: str, path: str) -> str:
        """The number as it is stored; InvalidInput when it was mistyped."""
        number = "".join(text.split()).upper().translate(_READ_AS)
        parts = _NUMBER.fullmatch(number)
        if parts is None or parts[1] != self.prefix:
            shape = f"{self.prefix}-350802-XXXXX-XXXXX-XXXX"
            raise InvalidInput(
                path=path, reason_zh=f"{self.zh}编号形如 {shape}", reason_en=f"a {self.en} number looks like {shape}"
            )
        if not mod_97_10.is_valid("".join(parts.groups()[1:])):
            raise InvalidInput(
                path=path,
                reason_zh=f"{self.zh}编号校验不符,请核对是否抄错",
                reason_en="its check digits are wrong: mistyped?",
            )
        return number
