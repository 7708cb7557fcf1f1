"""Schemes and scores."""

from tests.evaluation.matrix.principals import COUNTY_AND_ABOVE, ENTITY, EVERYBODY, MUTATION, Operations

OPERATIONS: Operations = {
    "score": ('{ score(division: "350802", year: 2017, schemeId: "p1") { total } }', {}, EVERYBODY),
    "score under a draft": (
        '{ score(division: "350802", year: 2017, schemeId: "d1") { total } }',
        {},
        COUNTY_AND_ABOVE,
    ),
    "scheme that is published": ('{ scheme(id: "p1") { name } }', {}, EVERYBODY),
    "scheme that is a draft": ('{ scheme(id: "d1") { name } }', {}, COUNTY_AND_ABOVE),
    "scheme that is a line's draft": ('{ scheme(id: "l1") { name } }', {}, COUNTY_AND_ABOVE | {"the line"}),
    "schemes of a line": (
        '{ schemes(division: "350802", line: "education") { nodes { name } } }',
        {},
        COUNTY_AND_ABOVE | {"the line"},
    ),
    "score of a unit": ('{ score(unit: "unit-1", year: 2017, schemeId: "p1") { total } }', {}, EVERYBODY),
    "score of a line under its draft": (
        '{ score(line: "education", division: "350802", year: 2017, schemeId: "l1") { total } }',
        {},
        COUNTY_AND_ABOVE | {"the line"},
    ),
    "scheme by key": (ENTITY % ("Scheme", "name"), {"__typename": "Scheme", "id": "d1"}, COUNTY_AND_ABOVE),
    "schemes": ('{ schemes(division: "350802") { nodes { name } } }', {}, COUNTY_AND_ABOVE),
    "draftScheme": (
        MUTATION
        % (
            "draftScheme",
            'division: "350802", level: COUNTY, name: "x", startsOn: "2016-01-01", endsOn: "2016-12-31", items: []',
        ),
        {},
        {"the county", "the city"},
    ),
    "publishScheme": (MUTATION % ("publishScheme", 'id: "p1"'), {}, {"the county", "the city"}),
    "draftScheme of a line": (
        MUTATION
        % (
            "draftScheme",
            'division: "350802", level: UNIT, line: "education", name: "x", startsOn: "2016-01-01", '
            'endsOn: "2016-12-31", items: []',
        ),
        {},
        {"the county", "the city", "the line"},
    ),
    "publishScheme of a line": (
        MUTATION % ("publishScheme", 'id: "l1"'),
        {},
        {"the county", "the city", "the line"},
    ),
}
