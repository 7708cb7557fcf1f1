"""Two subgraphs that cost next to nothing, so that a gateway's own work shows.

`python -m tests.load.gateway_stubs PORT`: `people` lists members, `hours` completes them by their id. They answer every
field that they have, whatever is asked.
"""

import sys
from functools import cache

import orjson
import uvicorn
from gateway.http import Receive, Scope, Send

QUERY = "query List($n: Int!) { members(first: $n) { id name phone community { code name } hours year active } }"
SIZES = {"small": 1, "20 rows": 20, "1,000 rows": 1000}
JOIN = """
schema
@link(url: "https://specs.apollo.dev/link/v1.0")
@link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) {
  query: Query
}

directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__field(
  graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean,
  override: String, usedOverridden: Boolean
) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(
  graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true,
  isInterfaceObject: Boolean! = false
) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
"""
_FACTS = """
enum join__Graph {
  HOURS @join__graph(name: "hours", url: "http://127.0.0.1:PORT/hours")
  PEOPLE @join__graph(name: "people", url: "http://127.0.0.1:PORT/people")
}

type Query @join__type(graph: HOURS) @join__type(graph: PEOPLE) {
  total: Int! @join__field(graph: HOURS)
  members(first: Int!): [Member!]! @join__field(graph: PEOPLE)
}

type Member @join__type(graph: HOURS, key: "id") @join__type(graph: PEOPLE, key: "id") {
  id: ID!
  hours: Float! @join__field(graph: HOURS)
  year: Int! @join__field(graph: HOURS)
  active: Boolean! @join__field(graph: HOURS)
  name: String! @join__field(graph: PEOPLE)
  phone: String @join__field(graph: PEOPLE)
  community: Community! @join__field(graph: PEOPLE)
}

type Community @join__type(graph: PEOPLE) {
  code: String!
  name: String!
}
"""


def supergraph(port: int) -> str:
    return (JOIN + _FACTS).replace("PORT", str(port))


@cache
def members(count: int) -> bytes:
    rows = [
        {
            "__typename": "Member",
            "id": f"member-{number}",
            "name": f"党员 {number}",
            "phone": None if number % 3 else f"1390000{number:04}",
            "community": {"__typename": "Community", "code": f"350802{number % 20:06}", "name": f"社区 {number % 20}"},
        }
        for number in range(count)
    ]
    return orjson.dumps({"data": {"members": rows}})


@cache
def completed(member: str) -> orjson.Fragment:
    number = int(member.rpartition("-")[2])
    row = {"__typename": "Member", "id": member, "hours": number / 2, "year": 2017, "active": number % 7 > 0}
    return orjson.Fragment(orjson.dumps(row))


def answer(path: str, variables: dict[str, object]) -> bytes:
    if path == "/people":
        (count,) = variables.values()
        assert isinstance(count, int)
        return members(count)
    (representations,) = variables.values()
    assert isinstance(representations, list)
    return orjson.dumps({"data": {"_entities": [completed(one["id"]) for one in representations]}})


async def subgraphs(scope: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    content = answer(scope["path"], orjson.loads(body)["variables"])
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


if __name__ == "__main__":
    uvicorn.run(
        subgraphs, port=int(sys.argv[1]), loop="uvloop", http="httptools", lifespan="off", log_level="error",
        access_log=False,
    )  # fmt: skip
