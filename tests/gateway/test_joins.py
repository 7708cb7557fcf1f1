"""Fields of one object from several subgraphs: keys, requirements, provisions, shared and overridden fields."""

from tests.gateway.support import House


async def test_an_entity_is_completed_by_another_subgraph_in_one_batched_request() -> None:
    house = House()

    data = await house.data("{ members(first: 6) { card standing } }")

    assert data["members"][4] == {"card": "card-5", "standing": 6}  # type: ignore[index,call-overload]
    assert house.calls() == {"people": 1, "marks": 1}


async def test_calls_do_not_grow_with_the_number_of_rows() -> None:
    query = """query Q($n: Int!) {
        members(first: $n) { name claims { hours offer { title } mark } standing badge { __typename } }
    }"""
    few, many = House(), House()

    await few.data(query, {"n": 1})
    await many.data(query, {"n": 6})

    assert few.calls() == many.calls()


async def test_the_same_entity_is_asked_for_once() -> None:
    house = House()

    data = await house.data("{ best { id } }")

    assert data == {"best": [{"id": "m5"}, {"id": "m1"}, {"id": "m5"}]}
    representations = house.subgraphs["people"].requests[0]["variables"]["representations"]  # type: ignore[index,call-overload]
    assert [r["card"] for r in representations] == ["card-5", "card-1"]


async def test_a_nested_compound_key_joins_subgraphs() -> None:
    data = await House().data('{ claim(id: "k1") { offer { community { name members(first: 1) { card } } } } }')

    assert data == {"claim": {"offer": {"community": {"name": "Community 1", "members": [{"card": "card-3"}]}}}}


async def test_the_second_key_is_used_where_a_subgraph_lacks_the_first() -> None:
    house = House()

    data = await house.data('{ claim(id: "k2") { member { standing } } }')

    assert data == {"claim": {"member": {"standing": 6}}}
    assert house.calls() == {"work": 1, "people": 1, "marks": 1}


async def test_a_requirement_may_have_arguments_that_differ_from_the_clients() -> None:
    data = await House().data("{ best { name(style: FULL) standing greeting } }")

    first = data["best"][0]  # type: ignore[index,call-overload]
    assert first == {"name": "Member Number5", "standing": 6, "greeting": "Dear Member Number5 of City 1"}


async def test_a_requirement_may_have_fragments() -> None:
    data = await House().data("{ members(first: 3) { claims { id mark } } }")

    claims = data["members"][2]["claims"]  # type: ignore[index,call-overload]
    assert claims == [{"id": "k2", "mark": 31}, {"id": "k3", "mark": None}]


async def test_a_provided_field_needs_no_request_of_its_own() -> None:
    house = House()

    data = await house.data("{ offers { ... on Wish { wisher { card } } } }")

    assert data["offers"][2:] == [{"wisher": {"card": "card-2"}}, {"wisher": None}]  # type: ignore[index,call-overload]
    assert house.calls() == {"work": 1}


async def test_an_overridden_field_comes_from_its_new_owner() -> None:
    house = House()

    data = await house.data('{ claim(id: "k1") { legacy } }')

    assert data == {"claim": {"legacy": "marks says 1"}}
    assert "legacy" not in str(house.subgraphs["work"].requests)


async def test_a_shared_root_field_is_asked_where_the_rest_is() -> None:
    people, work = House(), House()

    await people.data("{ me { card } }")
    await work.data("{ me { claims { hours } } }")

    assert people.calls() == {"people": 1}
    assert work.calls() == {"work": 1}


async def test_independent_requests_for_one_subgraph_go_together() -> None:
    house = House()

    await house.data("{ members { claims { hours } community { load } } }")

    assert house.calls() == {"people": 1, "work": 1}


async def test_a_key_that_is_null_is_not_asked_for() -> None:
    house = House()
    house.world.rows["Member", "m2"]["id"] = None

    data = await house.data("{ members(first: 1) { card } }")

    assert data == {"members": [{"card": "card-1"}]}


async def test_objects_reached_through_several_types_are_one_list() -> None:
    house = House()

    data = await house.data("{ offers { community { name } } }")

    names = [offer["community"]["name"] for offer in data["offers"]]  # type: ignore[index,call-overload,union-attr]
    assert names == ["Community 1", "Community 2", "Community 1", "Community 3"]
    assert len(house.subgraphs["people"].requests[0]["variables"]["representations"]) == 3  # type: ignore[index,call-overload,arg-type]
    assert "_entities_1" not in house.plan("{ offers { community { name } } }")
