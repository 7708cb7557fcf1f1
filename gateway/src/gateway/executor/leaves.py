"""Which JSON values a leaf of each type may have: a subgraph's mistake must not become the client's.

Most values are settled by their class alone; `complete` decides about the others.
"""

from collections.abc import Callable
from typing import NamedTuple

from graphql import GraphQLEnumType
from graphql.type import GraphQLNamedType

from gateway.jsontypes import Json

LARGEST_INT = 2**31 - 1


class Unfit(Exception):
    """The schema doesn't allow this value here."""


class Hidden(Exception):
    """A value that clients may not see: null without an error."""


Convert = Callable[[Json], Json]


class Leaf(NamedTuple):
    """Values of these classes are taken as they are, others are converted. Raises `Unfit` or `Hidden`."""

    classes: frozenset[type]
    convert: Convert


def leaf_of(declared: GraphQLNamedType, full: GraphQLNamedType) -> Leaf:
    """`full` is the type with what is inaccessible."""
    if isinstance(declared, GraphQLEnumType):
        return Leaf(frozenset(), _enum(declared, full))
    return BUILT_IN.get(declared.name, ANYTHING)


def _enum(declared: GraphQLEnumType, full: GraphQLNamedType) -> Convert:
    shown = frozenset(declared.values)
    hidden = frozenset(full.values) - shown if isinstance(full, GraphQLEnumType) else frozenset()

    def convert(value: Json) -> Json:
        if isinstance(value, str):
            if value in shown:
                return value
            if value in hidden:
                raise Hidden
        raise Unfit

    return convert


def _int(value: Json) -> Json:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_INT + (value < 0):
        whole = int(value)
        if whole == value:
            return whole
    raise Unfit


def _id(value: Json) -> Json:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unfit


def _never(_value: Json) -> Json:
    raise Unfit


BUILT_IN = {
    "String": Leaf(frozenset((str,)), _never),
    "ID": Leaf(frozenset((str,)), _id),
    "Boolean": Leaf(frozenset((bool,)), _never),
    "Float": Leaf(frozenset((float, int)), _never),
    "Int": Leaf(frozenset(), _int),
}
ANYTHING = Leaf(frozenset((str, int, float, bool, list, dict)), _never)
