"""A complaint about a variable says where and what was expected, and never what was sent."""

import pytest
from graphql import build_schema, parse
from graphql.execution.values import get_variable_values
from servicekit.telemetry.complaints import without_values

SCHEMA = build_schema(
    "enum Kind { A } input Row { name: String! kind: Kind note: String } type Query { q(rows: [Row!]!): Int }"
)
DOCUMENT = parse("query($rows: [Row!]!) { q(rows: $rows) }")
SECRET = "林秀英: at .x; 139"


@pytest.mark.parametrize(
    "sent",
    [
        {"name": [SECRET]},
        {"name": SECRET, "unknown": 1},
        {"name": "a", "nota": SECRET},
        {"note": SECRET},
        {"name": "a", "kind": SECRET},
        {"name": "a", "kind": [SECRET]},
        SECRET,
    ],
)
def test_the_value_is_left_out_and_the_place_is_kept(sent: object) -> None:
    operation = DOCUMENT.definitions[0]
    errors = get_variable_values(SCHEMA, operation.variable_definitions, {"rows": [sent]})  # type: ignore[attr-defined]
    assert isinstance(errors, list)

    told = [without_values(error.message) for error in errors]

    assert all(SECRET in error.message for error in errors)
    assert told
    assert all("rows" in one and "[0]" in one for one in told)
    assert all("林" not in one and "139" not in one for one in told)


def test_another_complaint_stays_as_it_is() -> None:
    assert without_values("Cannot query field 'x' on type 'Query'.") == "Cannot query field 'x' on type 'Query'."
