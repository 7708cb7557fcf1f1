"""Asking the library subgraph, as somebody."""

from typing import Any

from servicekit.domain.refusals import Language
from servicekit.graphql import Context, Subgraph
from servicekit.security import ANONYMOUS, Grant, Principal, Role

from tests.servicekit.graphql.library import Store, build

SUBGRAPH = build()
HOST = Principal("a host", (Grant(Role.HOST, "350802"),))
ELSEWHERE = Principal("another host", (Grant(Role.HOST, "350803"),))


def context_of(
    principal: Principal = ANONYMOUS,
    *,
    store: Store | None = None,
    language: Language = "zh",
    subgraph: Subgraph = SUBGRAPH,
) -> Context:
    return Context(
        policy=subgraph.policy,
        principal=principal,
        language=language,
        correlation_id="correlation-1",
        resources={Store: store or Store()},
    )


async def ask(document: str, *, context: Context | None = None, **variables: Any) -> dict[str, Any]:
    return await SUBGRAPH.execute(document, context=context or context_of(), variables=variables)


async def data_of(document: str, *, context: Context | None = None, **variables: Any) -> Any:
    """The data of an answer that must have no errors."""
    answer = await ask(document, context=context, **variables)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


async def error_of(document: str, *, context: Context | None = None, **variables: Any) -> dict[str, Any]:
    """The one error of an answer."""
    answer = await ask(document, context=context, **variables)
    (error,) = answer["errors"]
    assert isinstance(error, dict)
    return error
