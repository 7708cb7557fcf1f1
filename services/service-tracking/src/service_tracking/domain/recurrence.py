"""Recurrence rules: the part of RFC 5545 (RRULE) that names days, and always comes to an end when it is asked."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, takewhile

from dateutil.rrule import rrule, rrulestr
from servicekit.domain import InvalidInput

_DAY = "(MO|TU|WE|TH|FR|SA|SU)"
# Rules that can never come true keep dateutil searching until the year 9999, so combinations that may be such are left
# out: what is accepted has an occurrence within a few periods, or few periods to search.
_PARTS = {
    "DAILY": {},
    "WEEKLY": {"BYDAY": rf"{_DAY}(,{_DAY}){{0,6}}"},
    "MONTHLY": {
        "BYDAY": rf"[+-]?[1-5]{_DAY}(,[+-]?[1-5]{_DAY}){{0,6}}",
        "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01])){0,30}",
    },
}
_ALWAYS = {"INTERVAL": r"[1-9]\d?", "COUNT": r"[1-9]\d{0,2}", "UNTIL": r"\d{8}"}
# In days.
_PERIODS = {"DAILY": 1, "WEEKLY": 7}
_EITHER = ({"COUNT", "UNTIL"}, {"BYDAY", "BYMONTHDAY"})


class Recurrence:
    """The days of `text`, such as `FREQ=WEEKLY;BYDAY=SA`, from `starts_on`. Raises InvalidInput."""

    def __init__(self, text: str, starts_on: date) -> None:
        said = _checked(text)
        try:
            rule = rrulestr(text, dtstart=datetime.combine(starts_on, time()))
        except ValueError as error:
            raise _invalid(f"无法解析 {text}", f"{text} can't be read") from error
        assert isinstance(rule, rrule)
        self._rule, self._starts_on = rule, starts_on
        # Where days are not counted, those that are past need not be searched.
        self._every = 0 if "COUNT" in said else _PERIODS.get(said["FREQ"], 0) * int(said.get("INTERVAL", 1))
        if next(_days(rule), None) is None:
            raise _invalid(f"{text} 没有任何日期", f"{text} has no day at all")

    def between(self, first: date, last: date) -> Iterator[date]:
        """Its days from `first` to `last`, both included."""
        return takewhile(lambda day: day <= last, self._since(first))

    def goes_on_after(self, day: date) -> bool:
        return next(self._since(day + timedelta(days=1)), None) is not None

    def _since(self, first: date) -> Iterator[date]:
        return dropwhile(lambda day: day < first, _days(self._begun_late(first)))

    def _begun_late(self, first: date) -> rrule:
        """The same days from `first` on, begun whole periods later."""
        skipped = (first - self._starts_on).days // self._every if self._every else 0
        if skipped < 1:
            return self._rule
        begins = datetime.combine(self._starts_on + timedelta(days=self._every * skipped), time())
        return self._rule.replace(dtstart=begins)


def _days(rule: rrule) -> Iterator[date]:
    return (instant.date() for instant in rule)


def _checked(text: str) -> dict[str, str]:
    """Its parts by name. Raises InvalidInput."""
    parts = [part.partition("=")[::2] for part in text.split(";")]
    said = dict(parts)
    allowed = _PARTS.get(said.get("FREQ", ""))
    if allowed is None:
        raise _invalid("须以 FREQ=DAILY、WEEKLY 或 MONTHLY 指明频率", "FREQ has to be DAILY, WEEKLY or MONTHLY")
    if len(said) != len(parts) or any(both <= said.keys() for both in _EITHER):
        raise _invalid("有重复或互相矛盾的部分", "parts are said twice, or exclude each other")
    for name, value in said.items():
        pattern = (allowed | _ALWAYS | {"FREQ": ".*"}).get(name)
        if pattern is None or not re.fullmatch(pattern, value, re.ASCII):
            raise _invalid(f"不接受 {name}={value}", f"{name}={value} is not accepted here")
    return said


def _invalid(zh: str, en: str) -> InvalidInput:
    return InvalidInput(path="recurrence", reason_zh=zh, reason_en=en)
