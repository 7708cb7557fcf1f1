"""Groups of one request that can be one `_entities` list."""

from dataclasses import replace

from gateway.planner.fetches import Group, Segment, Selected


def merged(bundle: list[Group]) -> list[Group]:
    return _joined(_same_objects_merged(bundle))


def _joined(groups: list[Group]) -> list[Group]:
    """The same fields of the same type, reached through different types of one place on the way; far places first."""
    for at in reversed(range(max(len(group.path) for group in groups))):
        groups = _joined_at(at, groups)
    return groups


def _joined_at(at: int, groups: list[Group]) -> list[Group]:
    found: list[Group] = []
    alike: dict[object, list[Group]] = {}
    for group in groups:
        step = group.path[at] if at < len(group.path) else None
        if step is None or step.types is None:
            found.append(group)
            continue
        before, after = group.path[:at], group.path[at + 1 :]
        candidates = alike.setdefault((before, step.key, after, _objects(group), group.representation), [])
        known = next((one for one in candidates if one.selected == group.selected), None)
        if known is None:
            found.append(group)
            candidates.append(group)
        else:
            types = step.types | (known.path[at].types or frozenset())
            known.path = (*before, Segment(step.key, types), *after)
    return found


def _objects(group: Group) -> object:
    """Equal for groups that take the objects at their path alike."""
    return group.types, group.type_name, group.keys, group.read_typename


def _same_objects_merged(bundle: list[Group]) -> list[Group]:
    """Groups for the same objects are one `_entities` list, if no representation has to carry two values of a field."""
    found: list[Group] = []
    same: dict[object, list[Group]] = {}
    for group in bundle:
        candidates = same.setdefault((group.path, _objects(group)), [])
        for known in candidates:
            if _compatible(known, group):
                _merge(known, group)
                break
        else:
            candidates.append(replace(group, needs=set(group.needs)))
            found.append(candidates[-1])
    return found


def _compatible(one: Group, other: Group) -> bool:
    known = {r.name: r for r in one.representation or ()}
    return all(known.get(r.name, r) == r for r in other.representation or ())


def _merge(known: Group, group: Group) -> None:
    known.representation = tuple(dict.fromkeys((*(known.representation or ()), *(group.representation or ()))))
    known.selected = _union(known.selected, group.selected)


def _union(one: Selected, other: Selected) -> Selected:
    union = Selected(one.static, {t: dict(fields) for t, fields in one.by_type.items()})
    for type_name, fields in other.by_type.items():
        mine = union.by_type.setdefault(type_name, {})
        for key, (stored, child) in fields.items():
            own = mine[key][1] if key in mine else None
            mine[key] = (stored, _union(own, child) if own and child else own or child)
    return union
