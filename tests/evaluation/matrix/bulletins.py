"""Issues of the bulletin."""

from tests.evaluation.matrix.principals import COUNTY_AND_ABOVE, ENTITY, EVERYBODY, MUTATION, Operations

OPERATIONS: Operations = {
    "bulletinIssue that is published": ('{ bulletinIssue(id: "b2") { digest } }', {}, EVERYBODY),
    "bulletinIssue that is a draft": ('{ bulletinIssue(id: "b1") { digest } }', {}, COUNTY_AND_ABOVE),
    "bulletinIssue by key": (
        ENTITY % ("BulletinIssue", "digest"),
        {"__typename": "BulletinIssue", "id": "b1"},
        COUNTY_AND_ABOVE,
    ),
    "bulletinIssues": ('{ bulletinIssues(division: "350802") { nodes { digest } } }', {}, EVERYBODY),
    "bulletinDrafts": ('{ bulletinDrafts(division: "350802") { nodes { digest } } }', {}, COUNTY_AND_ABOVE),
    "draftBulletin": (
        MUTATION % ("draftBulletin", 'division: "350802", startsOn: "2016-01-01", endsOn: "2016-12-31"'),
        {},
        {"the county", "the city"},
    ),
    "draftBulletin of a unit": (
        MUTATION % ("draftBulletin", 'unit: "unit-1", startsOn: "2016-01-01", endsOn: "2016-12-31"'),
        {},
        {"the unit", "the sub-district", "the county", "the city"},
    ),
    "draftBulletin of a line": (
        MUTATION
        % ("draftBulletin", 'division: "350802", line: "education", startsOn: "2016-01-01", endsOn: "2016-12-31"'),
        {},
        {"the line", "the county", "the city"},
    ),
    "freezeBulletin of a unit": (
        MUTATION % ("freezeBulletin", 'id: "b3"'),
        {},
        {"the unit", "the sub-district", "the county", "the city"},
    ),
    "publishBulletin of a line": (
        MUTATION % ("publishBulletin", 'id: "b4"'),
        {},
        {"the line", "the county", "the city"},
    ),
    "bulletinDrafts of a unit": (
        '{ bulletinDrafts(unit: "unit-1") { nodes { digest } } }',
        {},
        {"the unit", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "bulletinIssues of a line": (
        '{ bulletinIssues(division: "350802", line: "education") { nodes { digest } } }',
        {},
        EVERYBODY,
    ),
    "bulletinIssue that is a unit's draft": (
        '{ bulletinIssue(id: "b3") { digest } }',
        {},
        {"the unit", "the sub-district", *COUNTY_AND_ABOVE},
    ),
    "freezeBulletin": (MUTATION % ("freezeBulletin", 'id: "b1"'), {}, {"the county", "the city"}),
    "publishBulletin": (MUTATION % ("publishBulletin", 'id: "b2"'), {}, {"the county", "the city"}),
}
