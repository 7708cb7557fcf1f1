"""Names that are taken already, and names that are none."""

from collections.abc import Sequence

from servicekit.domain import InvalidInput
from servicekit.storage.work import Work


def check_name(name: str) -> str:
    """Without the blanks around it. Refused: InvalidInput, when nothing is left."""
    if not name.strip():
        raise InvalidInput(path="name", reason_zh="名称为空", reason_en="the name is blank")
    return name.strip()


async def taken_names(
    work: Work, collection: str, within: str, places: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], str]:
    """The ids of those that have one of these names, by place (the field `within`) and name."""
    match = {within: {"$in": list(places)}, "name": {"$in": [one.strip() for one in names]}}
    found = work.collection(collection).find(match, {within: 1, "name": 1})
    return {(one[within], one["name"]): one["_id"] async for one in found}


def distinct_texts(texts: Sequence[str]) -> list[str]:
    """Each once, without the blanks around it and those that are blank."""
    return list(dict.fromkeys(one.strip() for one in texts if one.strip()))
