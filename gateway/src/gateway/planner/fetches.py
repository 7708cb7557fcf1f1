"""The fetch tree while it is being built: groups of fields that one request to one subgraph answers."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a response path; `types` narrows the objects that it starts from, None takes all."""

    key: str
    types: frozenset[str] | None


Path = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a value back from the merged answer: `name` is its response key, `key` where it is stored.

    `children` are the fields of an object value, by the types that they are for (None: any type).
    """

    name: str
    field: str
    key: str
    children: tuple[tuple[frozenset[str] | None, tuple["Reading", ...]], ...] | None


@dataclass(frozen=True, slots=True)
class StoredField:
    """A field as it is asked for: `key` is the alias under which its value is stored."""

    key: str
    name: str
    arguments: str
    variables: frozenset[str]


@dataclass(slots=True)
class Selected:
    """What one fetch selects on one place, by the possible object types of the place."""

    static: str
    by_type: dict[str, dict[str, tuple[StoredField, "Selected | None"]]] = field(default_factory=dict)

    def add(self, type_name: str, stored: StoredField, static: str | None) -> "Selected | None":
        fields = self.by_type.setdefault(type_name, {})
        found = fields.get(stored.key)
        if found is None:
            found = fields[stored.key] = (stored, Selected(static) if static else None)
        return found[1]


@dataclass(slots=True, eq=False)
class Group:
    """A future fetch. A group without `representation` is a root operation (at `path`, mostly the root itself)."""

    subgraph: str
    path: Path
    types: frozenset[str] | None
    type_name: str
    selected: Selected
    representation: tuple[Reading, ...] | None = None
    keys: frozenset[str] = frozenset()
    read_typename: bool = False
    needs: set["Group"] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where in a group the fields of a place go: one or more selections (one for each distinct parent type)."""

    group: Group
    selections: tuple[Selected, ...]
