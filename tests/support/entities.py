"""The entities of a subgraph: what may be asked for by key, past every root field."""

from graphql import ObjectTypeDefinitionNode, parse


def entity_fields(sdl: str) -> dict[str, set[str]]:
    """The names of their fields, by type."""
    types = (one for one in parse(sdl).definitions if isinstance(one, ObjectTypeDefinitionNode))
    return {
        one.name.value: {field.name.value for field in one.fields or ()}
        for one in types
        if any(directive.name.value == "key" for directive in one.directives or ())
    }
