"""Things that hold for a time: from a day on, until they are ended."""

from datetime import date

from servicekit.domain import Aggregate, InvalidInput, Refusal


class TermAlreadyEnded(Refusal):
    ended_on: date
    zh = "已于 {ended_on} 终止"
    en = "It ended on {ended_on}"
    next_zh = "无需再次终止。"
    next_en = "There is nothing left to end."


class Term(Aggregate):
    """In force from `starts_on`; `ended_on` is the first day on which it no longer is."""

    starts_on: date
    ended_on: date | None = None

    def finish(self, on: date, fact: str) -> None:
        if self.ended_on is not None:
            raise TermAlreadyEnded(ended_on=self.ended_on)
        if on < self.starts_on:
            raise InvalidInput(
                path="ended_on", reason_zh="终止日期早于开始日期", reason_en="it can't end before it starts"
            )
        self.ended_on = on
        self.record(fact)
