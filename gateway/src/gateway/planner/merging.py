"""Groups of one request that can be one `_entities` list."""

from dataclasses import replace

from gateway.planner.fetches import Group, Path, Segment, Selected


def merged(bundle: list[Group]) -> list[Group]:
    return _joined(_same_objects_merged(bundle))


def _joined(groups: list[Group]) -> list[Group]:
    """The same fields of the same type, reached through different types of one place on the way."""
    found: list[Group] = []
    for group in groups:
        for known in found:
            path = _common_path(known.path, group.path)
            if path is not None and _alike(known, group) and known.selected == group.selected:
                known.path = path
                break
        else:
            found.append(group)
    return found


def _alike(one: Group, other: Group) -> bool:
    names = ("types", "type_name", "keys", "read_typename", "representation")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _common_path(one: Path, other: Path) -> Path | None:
    """Both paths as one, if at most one segment differs, and only in the types that it starts from."""
    if [s.key for s in one] != [s.key for s in other]:
        return None
    differing = [i for i, (mine, theirs) in enumerate(zip(one, other, strict=True)) if mine.types != theirs.types]
    if not differing:
        return one
    i = differing[0]
    mine, theirs = one[i].types, other[i].types
    if len(differing) > 1 or mine is None or theirs is None:
        return None
    return (*one[:i], Segment(one[i].key, mine | theirs), *one[i + 1 :])


def _same_objects_merged(bundle: list[Group]) -> list[Group]:
    """Groups for the same objects are one `_entities` list, if no representation has to carry two values of a field."""
    found: list[Group] = []
    for group in bundle:
        for known in found:
            if _same_objects(known, group) and _compatible(known, group):
                _merge(known, group)
                break
        else:
            found.append(replace(group, needs=set(group.needs)))
    return found


def _same_objects(one: Group, other: Group) -> bool:
    return all(
        getattr(one, name) == getattr(other, name) for name in ("path", "types", "type_name", "keys", "read_typename")
    )


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
