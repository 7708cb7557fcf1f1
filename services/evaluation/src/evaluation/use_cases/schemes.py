"""Draft and publish evaluation schemes."""

from collections.abc import Sequence

from servicekit.domain import NotFound, new_id
from servicekit.security.policy import division_prefix
from servicekit.storage.work import Work

from evaluation.domain.facts import Kind
from evaluation.domain.periods import Period
from evaluation.domain.schemes import Item, Level, Scheme, check_items, check_line
from evaluation.storage import ledger, schemes
from evaluation.storage.collections import SCHEMES


async def draft_scheme(
    work: Work, division: str, level: Level, line: str | None, name: str, period: Period, items: Sequence[Item]
) -> Scheme:
    """Raises NotFound, InvalidInput, WeightsDoNotSum."""
    check_line(level, line)
    if not await ledger.find(work.database, Kind.DIVISION, [division]):
        raise NotFound(path="input.division", what_zh="区划", what_en="division", id=division)
    if line and not await ledger.units_of_line(work.database, line, division_prefix(division)):
        raise NotFound(path="input.line", what_zh="条线", what_en="line", id=line)
    scheme = Scheme(
        id=new_id(),
        lane=division[:6].ljust(6, "0"),
        division=division,
        level=level,
        line=line,
        name=name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        items=check_items(items, level),
        drafted_by=work.actor.subject,
        drafted_at=work.now,
    )
    work.save(SCHEMES, scheme)
    return scheme


async def publish_scheme(work: Work, id: str) -> Scheme:
    """Raises NotFound, SchemeAlreadyPublished."""
    scheme = (await work.load(Scheme, SCHEMES, [id])).get(id)
    if scheme is None:
        raise NotFound(path="input.id", what_zh="方案", what_en="scheme", id=id)
    scheme.publish(await schemes.last_edition(work, scheme) + 1, work.now, work.actor.subject)
    work.save(SCHEMES, scheme)
    return scheme
