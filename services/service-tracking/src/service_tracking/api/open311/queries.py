"""Which problems a GeoReport request asks for."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from servicekit.domain import InvalidInput, NotFound
from servicekit.graphql import Context
from servicekit.graphql.inputs import FIRST_YEAR, LAST_YEAR
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api.visible import visible
from service_tracking.domain.problem import ENDED, OPEN, Category, Problem, ProblemStatus
from service_tracking.storage.collections import PROBLEMS

MOST, MOST_IDS, MOST_PAGES = 1_000, 100, 100
WINDOW = timedelta(days=90)
_STATUSES = {"open": OPEN, "closed": ENDED}


async def find_problems(context: Context, asked: Mapping[str, str]) -> list[Problem]:
    """A page of those asked for that the principal may see, newest first.

    Raises InvalidInput, NotFound, NotPermitted.
    """
    seen = visible(context, "Problem")
    named = bool(asked.get("service_request_id"))
    wanted = _by_ids(asked) if named else _by_place_and_time(asked)
    size = _count(asked, "page_size", MOST, MOST)
    skipped = (_count(asked, "page", 1, MOST_PAGES) - 1) * size
    found = context.database[PROBLEMS].find({"$and": [wanted, seen]}).sort("_id", -1).skip(skipped).limit(size)
    # Said, for where somebody may see is an alternative of conditions that the planner would rather begin with.
    found = found.hint("_id_" if named else "of_lane")
    return [restore(Problem, document) async for document in found]


def _by_ids(asked: Mapping[str, str]) -> Document:
    ids = asked["service_request_id"].split(",")
    if len(ids) > MOST_IDS:
        raise _wrong("service_request_id", f"最多 {MOST_IDS} 个", f"at most {MOST_IDS}")
    return {"_id": {"$in": [id.strip() for id in ids]}}


def _by_place_and_time(asked: Mapping[str, str]) -> Document:
    place = _place(asked)
    start, end = _range(asked)
    wanted: Document = {
        "lane": place[:6],
        "status": {"$in": _statuses(asked)},
        # Ids begin with the instant at which they were made.
        "_id": {"$gte": _first_id(start), "$lt": _first_id(end + timedelta(milliseconds=1))},
        "community": {"$gte": place, "$lt": place + ":"},
    }
    if asked.get("service_code"):
        wanted["category"] = {"$in": [category.value for category in _categories(asked["service_code"])]}
    return wanted


def _place(asked: Mapping[str, str]) -> str:
    place = asked.get("jurisdiction_id")
    if not place:
        raise _wrong("jurisdiction_id", "须填区县、街道或社区代码", "the code of a county, subdistrict or community")
    if not place.isdigit() or len(place) not in (6, 9, 12):
        raise NotFound(path="jurisdiction_id", what_zh="区划", what_en="jurisdiction", id=place)
    return place


def is_community(place: str) -> bool:
    return place.isdigit() and len(place) == 12


def _range(asked: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Of two ends the one that is left out is 90 days from the other."""
    start, end, now = _instant(asked, "start_date"), _instant(asked, "end_date"), datetime.now(UTC)
    end = end or (min(start + WINDOW, now) if start else now)
    start = start or end - WINDOW
    if not timedelta(0) <= end - start <= WINDOW:
        raise _wrong("start_date", f"时间范围最多 {WINDOW.days} 天", f"a range of at most {WINDOW.days} days")
    return start, end


def _statuses(asked: Mapping[str, str]) -> list[ProblemStatus]:
    words = [word.strip() for word in (asked.get("status") or "open,closed").split(",")]
    if unknown := [word for word in words if word not in _STATUSES]:
        raise _wrong("status", f"须为 open 或 closed: {unknown[0]}", "open or closed")
    return [status for word in words for status in _STATUSES[word]]


def _categories(text: str) -> list[Category]:
    return [category_of(code) for code in text.split(",")]


def category_of(code: str) -> Category:
    """Raises InvalidInput where it is left out, NotFound."""
    if not code:
        raise _wrong("service_code", "须填类别", "say which service")
    try:
        return Category(code.strip())
    except ValueError:
        raise NotFound(path="service_code", what_zh="类别", what_en="service", id=code) from None


def _count(asked: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = asked.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise _wrong(name, f"须为 1 到 {most}", f"1 to {most}")
    return int(text)


def _instant(asked: Mapping[str, str], name: str) -> datetime | None:
    text = asked.get(name)
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(name, "须为 ISO 8601 时间", "an ISO 8601 instant") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise _wrong(name, f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间", f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _first_id(instant: datetime) -> str:
    milliseconds = max(0, int(instant.timestamp() * 1000))
    text = f"{milliseconds:012x}"
    return f"{text[:8]}-{text[8:]}"


def _wrong(path: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(path=path, reason_zh=zh, reason_en=en)
