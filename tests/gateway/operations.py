"""Random valid operations for a schema: aliases, arguments, variables, fragments, conditions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from hypothesis import strategies as st

MAX_DEPTH = 5
PERCENT = st.integers(0, 99)
PARTS = st.integers(1, 4)
TEXTS = ("m1", "m3", "c1", "k1", "k3", "nobody", "member", "number1", "2")


@dataclass
class Operation:
    query: str
    variables: dict[str, Any]


@dataclass
class _Draft:
    draw: Callable[[st.SearchStrategy[Any]], Any]
    schema: GraphQLSchema
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    budget: int = 40

    def chance(self, percent: int) -> bool:
        return bool(self.draw(PERCENT) < percent)

    def selection(self, parent: GraphQLNamedType, depth: int) -> str:
        parts = [self.part(parent, depth) for _ in range(self.draw(PARTS))]
        return "{ " + " ".join(parts) + " }"

    def part(self, parent: GraphQLNamedType, depth: int) -> str:
        self.budget -= 1
        if isinstance(parent, GraphQLUnionType) or self.chance(15):
            return self.fragment(parent, depth)
        if self.chance(8):
            return "__typename"
        return self.field(parent, depth)

    def fragment(self, parent: GraphQLNamedType, depth: int) -> str:
        if self.budget < 0 and isinstance(parent, GraphQLUnionType):
            return "__typename"
        if isinstance(parent, GraphQLUnionType | GraphQLInterfaceType):
            inner = self.draw(st.sampled_from([*self.schema.get_possible_types(parent), parent]))
        else:
            interfaces = parent.interfaces if isinstance(parent, GraphQLObjectType) else ()
            inner = self.draw(st.sampled_from([parent, *interfaces]))
        if isinstance(inner, GraphQLUnionType):
            return "__typename"
        body = self.selection(inner, depth + 1) if depth < MAX_DEPTH else "{ __typename }"
        if self.chance(30):
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {inner.name} {body}")
            return f"...{name}{self.condition()}"
        on = f" on {inner.name}" if inner is not parent or self.chance(50) else ""
        return f"...{on}{self.condition()} {body}"

    def field(self, parent: GraphQLNamedType, depth: int) -> str:
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        deep = depth >= MAX_DEPTH or self.budget < 0
        fields = {n: f for n, f in parent.fields.items() if not (deep and is_composite_type(get_named_type(f.type)))}
        if not fields:
            return "__typename"
        name = self.draw(st.sampled_from(sorted(fields)))
        declared = fields[name]
        inner = get_named_type(declared.type)
        arguments = self.arguments(declared)
        key = self.response_key(name, arguments, declared)
        body = self.selection(inner, depth + 1) if is_composite_type(inner) else ""
        return f"{key}{name}{arguments}{self.condition()} {body}".strip()

    def response_key(self, name: str, arguments: str, declared: GraphQLField) -> str:
        """One response key always stands for the same field, arguments and type: so every operation is valid."""
        meaning = f"{name}{arguments}{declared.type}"
        for key in (name, self.draw(st.sampled_from(("a", "b", "id", "name", "c")))):
            if self.taken.setdefault(key, meaning) == meaning:
                return "" if key == name else f"{key}: "
        key = f"x{len(self.taken)}"
        self.taken[key] = meaning
        return f"{key}: "

    def condition(self) -> str:
        if not self.chance(8):
            return ""
        value = self.draw(st.booleans())
        text = self.variable("Boolean!", value) if self.chance(60) else str(value).lower()
        return f" @{self.draw(st.sampled_from(('skip', 'include')))}(if: {text})"

    def arguments(self, declared: GraphQLField) -> str:
        given = [(n, a) for n, a in declared.args.items() if is_non_null_type(a.type) or self.chance(60)]
        return f"({', '.join(f'{n}: {self.argument(a)}' for n, a in given)})" if given else ""

    def argument(self, argument: GraphQLArgument) -> str:
        value = self.value(argument.type)
        return self.variable(str(argument.type), value) if self.chance(50) else literal(value)

    def variable(self, type_text: str, value: Any) -> str:
        name = f"v{len(self.declared)}"
        if self.chance(20) and not type_text.endswith("!"):
            self.declared.append(f"${name}: {type_text} = {literal(value)}")
        else:
            self.declared.append(f"${name}: {type_text}")
            self.variables[name] = plain(value)
        return f"${name}"

    def value(self, type_: GraphQLInputType) -> Any:
        if is_non_null_type(type_):
            return self.value(type_.of_type)
        if is_list_type(type_):
            return [self.value(type_.of_type) for _ in range(self.draw(st.integers(0, 3)))]
        if isinstance(type_, GraphQLEnumType):
            return EnumValue(self.draw(st.sampled_from(sorted(type_.values))))
        if isinstance(type_, GraphQLInputObjectType):
            return {n: self.value(f.type) for n, f in type_.fields.items() if self.chance(60)}
        if str(type_) == "Int":
            return self.draw(st.integers(0, 4))
        if str(type_) == "Boolean":
            return self.draw(st.booleans())
        return self.draw(st.sampled_from(TEXTS))


class EnumValue(str):
    """Printed without quotes in a literal."""


def literal(value: Any) -> str:
    if isinstance(value, EnumValue):
        return str(value)
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {literal(v)}" for k, v in value.items()) + "}"
    return str(value)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, str) else value


@st.composite
def operations(draw: Callable[[st.SearchStrategy[Any]], Any], schema: GraphQLSchema) -> Operation:
    assert schema.query_type is not None
    draft = _Draft(draw, schema)
    body = draft.selection(schema.query_type, 0)
    head = f"query Random({', '.join(draft.declared)})" if draft.declared else "query Random"
    return Operation("\n".join([f"{head} {body}", *draft.fragments]), draft.variables)
