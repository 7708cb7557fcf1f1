"""A small world in which every feature of the fixture supergraph has something to show."""

from collections.abc import Callable, Mapping
from typing import Any

Row = dict[str, Any]
Ref = tuple[str, str]
Resolver = Callable[[Row, Mapping[str, Any], "World"], Any]


class FieldFault(Exception):
    """A field of the fixture that always fails for some objects."""


class World:
    """Rows by type and id; references are (type, id) tuples. Every world is fresh, so mutations stay in their test."""

    def __init__(self) -> None:
        self.rows: dict[Ref, Row] = {}
        self.log: list[str] = []
        self.restore()

    def restore(self) -> None:
        """As it was in the beginning, whatever mutations did."""
        self.rows.clear()
        self.log.clear()
        for number in range(1, 7):
            self._add_member(number)
        for number in range(1, 4):
            self._add_community(number)
        self._add_work()

    def _add(self, type_name: str, key: str, **fields: Any) -> None:
        self.rows[type_name, key] = {"__typename": type_name, "id": key, **fields}

    def _add_member(self, number: int) -> None:
        self._add(
            "Member",
            f"m{number}",
            card=f"card-{number}",
            name=f"Member Number{number}",
            home=None if number == 4 else {"__typename": "Address", "street": None, "city": f"City {number % 2}"},
            community=None if number == 6 else ("Community", f"c{number % 3 + 1}"),
            friends=[("Member", f"m{n}") for n in range(1, 7) if n != number and (n + number) % 3 == 0],
            secret="hidden",
            level=("CITY", "STREET")[number % 2],
            claims=[("Claim", f"k{n}") for n in range(1, 6) if n % 6 + 1 == number or n == number],
            badge=None if number == 3 else ("Badge", f"b{number % 3}"),
        )

    def _add_community(self, number: int) -> None:
        division = {"__typename": "Division", "code": f"35080{number % 2}", "level": "STREET" if number < 3 else "CITY"}
        members = [("Member", f"m{n}") for n in range(1, 6) if n % 3 + 1 == number]
        offers: list[Ref] = [("Post", "p1"), ("Wish", "w1")] if number == 1 else [("Post", "p2")] if number == 2 else []
        self._add(
            "Community",
            f"c{number}",
            number=number,
            division=division,
            name=f"Community {number}",
            members=members,
            offers=offers,
        )

    def _add_work(self) -> None:
        posts: dict[str, list[Ref]] = {"p1": [("Claim", "k1"), ("Claim", "k2")], "p2": [("Claim", "k4")]}
        for number, (key, claims) in enumerate(posts.items(), 1):
            self._add(
                "Post", key, title=f"Post {key}", community=("Community", f"c{number}"), seats=number, claims=claims
            )
        wisher = ("Member", "m2")
        self._add("Wish", "w1", title="A wish", community=("Community", "c1"), wisher=wisher, seats=None)
        self._add("Wish", "w2", title="Another wish", community=("Community", "c3"), wisher=None, seats=7)
        offers: list[Ref] = [("Post", "p1"), ("Post", "p1"), ("Wish", "w1"), ("Post", "p2"), ("Wish", "w2")]
        for number, offer in enumerate(offers, 1):
            hours = None if number == 3 else number * 1.5
            member = ("Member", f"m{number}")
            self._add("Claim", f"k{number}", member=member, offer=offer, hours=hours, legacy=f"marks says {number}")
        self.rows["Badge", "b0"] = {"__typename": "Star", "label": "star", "rays": 5}
        self.rows["Badge", "b1"] = {"__typename": "Medal", "label": "medal", "holder": ("Member", "m1")}
        self.rows["Badge", "b2"] = {"__typename": "Medal", "label": "nobody's medal", "holder": None}

    def all(self, type_name: str) -> list[Row]:
        return [row for (kind, _), row in self.rows.items() if kind == type_name]


def _first(rows: list[Any], arguments: Mapping[str, Any]) -> list[Any]:
    count = arguments.get("first")
    return rows if count is None else rows[:count]


def _name(member: Row, arguments: Mapping[str, Any], _world: World) -> str:
    name: str = member["name"]
    return name.split(maxsplit=1)[0] if arguments.get("style") == "SHORT" else name


def _moody(member: Row, _arguments: Mapping[str, Any], _world: World) -> str:
    if member["id"] in ("m2", "m5"):
        raise FieldFault("not in the mood")
    return "fine"


def _strict(member: Row, _arguments: Mapping[str, Any], _world: World) -> str:
    if member["id"] == "m3":
        raise FieldFault("too strict")
    return "strict"


def _node(_root: Row, arguments: Mapping[str, Any], world: World) -> Row | None:
    return world.rows.get(("Member", arguments["id"])) or world.rows.get(("Community", arguments["id"]))


def _communities(_root: Row, arguments: Mapping[str, Any], world: World) -> list[Row]:
    wanted = arguments.get("filter")
    found = world.all("Community")
    if wanted:
        found = [c for c in found if wanted["level"] is None or c["division"]["level"] == wanted["level"]]
        if wanted.get("numbers") is not None:
            found = [c for c in found if c["number"] in wanted["numbers"]]
    return found


def _search(_root: Row, arguments: Mapping[str, Any], world: World) -> list[Row]:
    found = [*world.all("Member"), *world.all("Community")]
    return [row for row in found if arguments["text"].lower() in row["name"].lower()]


def _rename(_root: Row, arguments: Mapping[str, Any], world: World) -> Row | None:
    member = world.rows.get(("Member", arguments["id"]))
    world.log.append(f"rename {arguments['id']} {arguments['name']}")
    if member:
        member["name"] = arguments["name"]
    return member


def _note(_root: Row, arguments: Mapping[str, Any], world: World) -> int:
    world.log.append(f"note {arguments['text']}")
    return len(world.log)


def _claim_offer(_root: Row, arguments: Mapping[str, Any], world: World) -> Row:
    world.log.append(f"claim {arguments['offer']} {arguments['member']}")
    key = f"k{len(world.all('Claim')) + 1}"
    offer = next(ref for ref in world.rows if ref[1] == arguments["offer"])
    world.rows["Claim", key] = {
        "__typename": "Claim",
        "id": key,
        "member": ("Member", arguments["member"]),
        "offer": offer,
        "hours": None,
        "legacy": None,
    }
    return world.rows["Claim", key]


def _withdraw(_root: Row, arguments: Mapping[str, Any], world: World) -> Row | None:
    world.log.append(f"withdraw {arguments['claim']}")
    return world.rows.get(("Claim", arguments["claim"]))


def _praise(_root: Row, arguments: Mapping[str, Any], world: World) -> Row:
    world.log.append(f"praise {arguments['card']}")
    return next(member for member in world.all("Member") if member["card"] == arguments["card"])


def _mark(claim: Row, _arguments: Mapping[str, Any], world: World) -> int | None:
    offer = claim["offer"]
    offer = world.rows[offer] if isinstance(offer, tuple) else offer
    if claim["hours"] is None:
        return None
    return int(claim["hours"] * 10) + (offer["seats"] if offer["__typename"] == "Post" else len(offer["title"]))


def _load(community: Row, _arguments: Mapping[str, Any], world: World) -> int:
    members = [world.rows[m] if isinstance(m, tuple) else m for m in community["members"][:2]]
    return sum(int(member["card"].removeprefix("card-")) for member in members)


RESOLVERS: dict[str, Resolver] = {
    "Query.member": lambda _, a, w: w.rows.get(("Member", a["id"])),
    "Query.members": lambda _, a, w: _first(w.all("Member"), a),
    "Query.me": lambda _, _a, w: w.rows["Member", "m1"],
    "Query.communities": _communities,
    "Query.search": _search,
    "Query.node": _node,
    "Query.offers": lambda _, a, w: _first([*w.all("Post"), *w.all("Wish")], a),
    "Query.claim": lambda _, a, w: w.rows.get(("Claim", a["id"])),
    "Query.best": lambda _, _a, w: [w.rows["Member", key] for key in ("m5", "m1", "m5")],
    "Query.badges": lambda _, _a, w: w.all("Badge"),
    "Query.grades": lambda _, _a, _w: [
        {"__typename": "Grade", "claim": ("Claim", "k1"), "badge": ("Badge", "b1")},
        None,
        {"__typename": "Grade", "claim": None, "badge": ("Badge", "b0")},
    ],
    "Mutation.rename": _rename,
    "Mutation.note": _note,
    "Mutation.claimOffer": _claim_offer,
    "Mutation.withdraw": _withdraw,
    "Mutation.praise": _praise,
    "Member.name": _name,
    "Member.moody": _moody,
    "Member.strict": _strict,
    "Member.claims": lambda m, a, _: _first(m["claims"], a),
    "Community.members": lambda c, a, _: _first(c["members"], a),
    "Community.load": _load,
    "Claim.mark": _mark,
}
