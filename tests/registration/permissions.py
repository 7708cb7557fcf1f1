"""Who may do what: a row for every operation and guarded field, with all kinds of people who get through."""

import base64
from typing import Any

import orjson
from registration.api.policy import POLICY

from tests.registration.samples import (
    CITY,
    COMMUNITY,
    COUNTY,
    OTHER_COMMUNITY,
    OTHER_COUNTY,
    SUBDISTRICT,
    credit_code,
    csv_file,
    person,
)
from tests.registration.town import Town, token

Row = tuple[str, Any, set[str]]
"""The document, its variables, and who gets through."""
Rows = dict[str, Row]
"""By the policy's key."""
INTEGRATED = [key for key, rule in POLICY.items() if "." in key or rule.scoped]
ABOVE = {"the sub-district", "the county", "the city"}
OVERSEERS = ABOVE | {"the auditor", "an integration"}
AT_UNIT = {"the unit", "the line"} | OVERSEERS
AT_COMMUNITY = {"the host"} | OVERSEERS
PERSON = {"the member"} | AT_UNIT | AT_COMMUNITY
COUNTY_UP = {"the county", "the city"}
SIGNERS = {"the unit", "the line"} | ABOVE
GRIDDERS = {"the host"} | ABOVE


def principals(unit: str, member: str) -> dict[str, str | None]:
    return {
        "nobody": None,
        "without a role": token(),
        "the member": token("MEMBER", member),
        "another member": token("MEMBER", "m0"),
        "the unit": token("UNIT_ADMIN", unit),
        "another unit": token("UNIT_ADMIN", "u0"),
        "the host": token("HOST", COMMUNITY),
        "another host": token("HOST", OTHER_COMMUNITY),
        "the sub-district": token("SUBDISTRICT_ADMIN", SUBDISTRICT),
        "another sub-district": token("SUBDISTRICT_ADMIN", "350802002"),
        "the county": token("COUNTY_ADMIN", COUNTY),
        "another county": token("COUNTY_ADMIN", OTHER_COUNTY),
        "the city": token("CITY_ADMIN", CITY),
        "another city": token("CITY_ADMIN", "350900"),
        "the line": token("LINE_ADMIN", "education"),
        "another line": token("LINE_ADMIN", "health"),
        "the auditor": token("AUDITOR", COUNTY),
        "another auditor": token("AUDITOR", OTHER_COUNTY),
        "an integration": token("INTEGRATION", CITY, INTEGRATED),
        "an integration of another city": token("INTEGRATION", "350900", INTEGRATED),
        "an integration without permission": token("INTEGRATION", CITY),
    }


EVERYBODY = set(principals("u", "m"))
SIGNED_IN = EVERYBODY - {"nobody"}


def query(field: str, inner: str, **arguments: str) -> str:
    given = ", ".join(f"{name}: {orjson.dumps(value).decode()}" for name, value in arguments.items())
    return f"{{ {field}({given}) {{ {inner} }} }}"


def mutation(name: str, kind: str, bulk: bool = False, shown: str = "") -> str:
    argument, type_ = ("inputs", f"[{kind}!]!") if bulk else ("input", f"{kind}!")
    if bulk:
        shown = f"... on {name[0].upper()}{name[1:]}Payload {{ outcomes {{ __typename }} }}"
    return f"mutation M(${argument}: {type_}) {{ {name}({argument}: ${argument}) {{ __typename {shown} }} }}"


def operations(unit: str, member: str, registration: str, number: str) -> Rows:
    """By the policy's key: the document, its input, and who gets through."""
    nodes = "nodes { __typename }"
    row = {"registrationId": registration}
    reason = {**row, "reason": "x"}
    file = {"unitId": unit, "fileName": "a.csv", "contentBase64": base64.b64encode(csv_file([person(1)])).decode()}
    agreement = {"unitId": unit, "communityCode": COMMUNITY, "support": [], "startsOn": "2016-01-01"}
    new_unit = {"name": "x", "creditCode": credit_code(1), "line": "education", "division": SUBDISTRICT}
    grid = {"communityCode": COMMUNITY, "name": "x"}
    placed = {**row, "gridId": "g0"}
    paper = {"certificateNumber": number}
    divisions = {"rows": [{"code": COUNTY, "name": "新罗区"}]}

    def single(name: str, kind: str, given: Any, allowed: set[str], shown: str = "") -> Row:
        return mutation(name, kind, shown=shown), {"input": given}, allowed

    def bulk(name: str, kind: str, given: Any, allowed: set[str]) -> Row:
        return mutation(name, kind, bulk=True), {"inputs": [given]}, allowed

    members = {"the member", "the unit"}
    registrars = COUNTY_UP | {"the line", "an integration"}
    table: Rows = {
        **personal(unit, member),
        "Query.division": (query("division", "name", code=COUNTY), {}, SIGNED_IN),
        "Query.divisions": (
            f'{{ divisions(within: "{CITY}", level: COUNTY) {{ {nodes} }} }}',
            {},
            SIGNED_IN,
        ),
        "Query.community": (query("community", "name", code=COMMUNITY), {}, SIGNED_IN),
        "Query.communities": (query("communities", nodes, within=CITY), {}, SIGNED_IN),
        "Query.unit": (query("unit", "name agreements { nodes { id } }", id=unit), {}, SIGNED_IN),
        "Query.units": (query("units", nodes, within=CITY), {}, SIGNED_IN),
        "Query.me": ("{ me { id } }", {}, {"the member", "another member"}),
        "Query.member": (query("member", "id", id=member), {}, PERSON),
        "Query.registration": (query("registration", "id", id=registration), {}, PERSON),
        "Query.registrations": (query("registrations", nodes, community=COMMUNITY), {}, AT_COMMUNITY),
        "Query.assignmentList": (
            query("assignmentList", nodes, county=COUNTY),
            {},
            COUNTY_UP | {"the auditor", "an integration"},
        ),
        "Query.registrationAudit": (query("registrationAudit", nodes, lane=COUNTY), {}, {"the auditor"}),
        "Query.certificate": (query("certificate", "state", number=number), {}, EVERYBODY),
        "Mutation.importDivisions": single(
            "importDivisions",
            "ImportDivisionsInput",
            divisions,
            COUNTY_UP,
            "... on DivisionImport { refused { code } }",
        ),
        "Query.reorganisations": (query("reorganisations", nodes, division=COMMUNITY), {}, AT_COMMUNITY),
        "Mutation.assignMembers": bulk(
            "assignMembers",
            "AssignMemberInput",
            {"memberId": member, "communityCode": COMMUNITY, "reason": "x"},
            COUNTY_UP,
        ),
        "Mutation.mergeCommunities": single(
            "mergeCommunities",
            "MergeCommunitiesInput",
            {"codes": [COMMUNITY], "into": "350802001999", "reason": "x"},
            COUNTY_UP,
        ),
        "Mutation.splitCommunity": single(
            "splitCommunity",
            "SplitCommunityInput",
            {
                "code": COMMUNITY,
                "rest": COMMUNITY,
                "parts": [{"communityCode": "350802001999", "gridIds": ["g0"]}],
                "reason": "x",
            },
            COUNTY_UP,
        ),
        "Mutation.mergeUnits": single(
            "mergeUnits", "MergeUnitsInput", {"unitId": unit, "into": unit, "reason": "x"}, {"the line"} | COUNTY_UP
        ),
        "Mutation.splitUnit": single(
            "splitUnit",
            "SplitUnitInput",
            {"unitId": unit, "parts": [{"unitId": unit, "memberIds": [member]}], "reason": "x"},
            {"the line"} | COUNTY_UP,
        ),
        "Mutation.registerUnit": single("registerUnit", "RegisterUnitInput", new_unit, registrars),
        "Mutation.registerUnits": bulk("registerUnits", "RegisterUnitInput", new_unit, registrars),
        "Mutation.signAgreement": single("signAgreement", "SignAgreementInput", agreement, SIGNERS),
        "Mutation.signAgreements": bulk("signAgreements", "SignAgreementInput", agreement, SIGNERS),
        "Mutation.previewRoster": single("previewRoster", "RosterFileInput", file, {"the unit", "an integration"}),
        "Mutation.applyRoster": single("applyRoster", "ApplyRosterInput", file, {"the unit", "an integration"}),
        "Mutation.submitRegistration": single(
            "submitRegistration", "SubmitRegistrationInput", {"memberId": member}, members
        ),
        "Mutation.submitRegistrations": bulk(
            "submitRegistrations", "SubmitRegistrationInput", {"memberId": member}, members
        ),
        "Mutation.certifyRegistration": single("certifyRegistration", "CertifyRegistrationInput", row, {"the unit"}),
        "Mutation.certifyRegistrations": bulk("certifyRegistrations", "CertifyRegistrationInput", row, {"the unit"}),
        "Mutation.rejectRegistration": single("rejectRegistration", "RegistrationReasonInput", reason, {"the unit"}),
        "Mutation.voidCertificate": single("voidCertificate", "RegistrationReasonInput", reason, {"the unit"}),
        "Mutation.receiveCertificate": single("receiveCertificate", "ReceiveCertificateInput", paper, {"the host"}),
        "Mutation.receiveCertificates": bulk("receiveCertificates", "ReceiveCertificateInput", paper, {"the host"}),
        "Mutation.withdrawRegistration": single("withdrawRegistration", "RegistrationReasonInput", reason, members),
        "Mutation.endRegistration": single(
            "endRegistration", "RegistrationReasonInput", reason, {"the unit", "the line", "the host"} | ABOVE
        ),
        "Mutation.transferRegistration": single(
            "transferRegistration", "TransferRegistrationInput", {**row, "residence": COMMUNITY}, members
        ),
        "Mutation.grantLeave": single(
            "grantLeave",
            "GrantLeaveInput",
            {**reason, "startsOn": "2016-01-01", "endsOn": "2016-01-02"},
            {"the unit", "the line"} | ABOVE,
        ),
        "Mutation.transferMember": single(
            "transferMember",
            "TransferMemberInput",
            {"memberId": member, "toUnitId": unit},
            {"the unit", "the line"} | ABOVE,
        ),
        "Mutation.createGrid": single("createGrid", "CreateGridInput", grid, GRIDDERS),
        "Mutation.createGrids": bulk("createGrids", "CreateGridInput", grid, GRIDDERS),
        "Mutation.placeRegistration": single("placeRegistration", "PlaceRegistrationInput", placed, GRIDDERS),
        "Mutation.placeRegistrations": bulk("placeRegistrations", "PlaceRegistrationInput", placed, GRIDDERS),
        "Community.members": (query("community", f"members {{ {nodes} }}", code=COMMUNITY), {}, AT_COMMUNITY),
        "Community.registrations": (
            query("community", f"registrations {{ {nodes} }}", code=COMMUNITY),
            {},
            AT_COMMUNITY,
        ),
        "Unit.members": (query("unit", f"members {{ {nodes} }}", id=unit), {}, AT_UNIT),
        "Unit.rosters": (query("unit", f"rosters {{ {nodes} }}", id=unit), {}, AT_UNIT),
        "Registration": (entity("Registration", registration, "status certificateNumber"), {}, PERSON),
    }
    for field in ("name", "idNumber", "phone", "residence { name }", "registration { id }"):
        table[f"Member.{field.split()[0]}"] = (entity("Member", member, field), {}, PERSON)
    return table


def personal(unit: str, member: str) -> Rows:
    """The rows of reveals, consents, corrections and exports."""
    own = {"memberId": member}
    ask = {**own, "field": "PHONE", "value": "13700000000", "reason": "x"}
    shown = {**own, "fields": ["PHONE"], "purpose": "CONTACT", "note": "test"}
    text = {"city": CITY, "zh": "x", "en": "x"}
    mine, audited = {"the member"}, {"the member", "the auditor"}

    def row(name: str, given: Any, allowed: set[str], kind: str = "") -> Row:
        return mutation(name, kind or f"{name[0].upper()}{name[1:]}Input"), {"input": given}, allowed

    return {
        "Query.consentText": (query("consentText", "version", division=COUNTY), {}, SIGNED_IN),
        "Query.heldLines": (
            query("heldLines", "nodes { id }", lane=COUNTY),
            {},
            {"the county", "the city", "the auditor"},
        ),
        "Query.dataReveals": (query("dataReveals", "nodes { id }", lane=COUNTY), {}, {"the auditor"}),
        "Query.dataCorrections": (
            query("dataCorrections", "nodes { id }", unit=unit),
            {},
            {"the unit", "the auditor"},
        ),
        "Mutation.revealPersonalData": row("revealPersonalData", shown, {"the unit", "the host"} | ABOVE),
        "Mutation.publishConsentText": row("publishConsentText", text, {"the city"}),
        "Mutation.giveConsent": row("giveConsent", {**own, "version": 1}, mine),
        "Mutation.withdrawConsent": row("withdrawConsent", own, mine, "OwnDataInput"),
        "Mutation.requestDataCorrection": row("requestDataCorrection", ask, mine),
        "Mutation.exportPersonalData": row("exportPersonalData", own, mine, "OwnDataInput"),
        "Member.reveals": (entity("Member", member, "reveals { nodes { id } }"), {}, audited),
        "Member.corrections": (entity("Member", member, "corrections { nodes { id } }"), {}, audited | {"the unit"}),
        "Member.consent": (entity("Member", member, "consent { version }"), {}, PERSON),
        "DataCorrection": (entity("Member", member, "corrections { nodes { id } }"), {}, audited | {"the unit"}),
    }


async def standing_correction(town: Town, member: str) -> Rows:
    """The row that decides a correction; one waits after this."""
    asked = mutation("requestDataCorrection", "RequestDataCorrectionInput", shown="... on DataCorrection { id }")
    row = {"memberId": member, "field": "NAME", "value": "李四", "reason": "x"}
    found = await town.api.ask(asked, token("MEMBER", member), input=row)
    decided = {"input": {"correctionId": found["id"], "accept": False}}
    document = mutation("decideDataCorrection", "DecideDataCorrectionInput")
    return {"Mutation.decideDataCorrection": (document, decided, {"the unit"})}


def entity(kind: str, id: str, inner: str) -> str:
    return f'{{ _entities(representations: [{{__typename: "{kind}", id: "{id}"}}]) {{ ... on {kind} {{ {inner} }} }} }}'


def reconciling(unit: str, made: str) -> Rows:
    """The rows of reconciliation, made of the sub-district that the unit sits in."""
    nodes = "nodes { status }"
    content = base64.b64encode(csv_file([person(1)])).decode()
    papers = {"communityCode": COMMUNITY, "contentBase64": content}
    reminder = {"reconciliationId": made, "unitId": unit}
    whole = query("reconciliation", "asOf", id=made)
    return {
        "Query.reconciliation": (whole, {}, OVERSEERS),
        "Query.reconciliations": (
            query("reconciliations", "nodes { asOf }", division=COMMUNITY, line="education"),
            {},
            AT_COMMUNITY | {"the line"},
        ),
        "Query.unitResidual": (query("unitResidual", nodes, unit=unit), {}, AT_UNIT),
        "Query.papers": (query("papers", "nodes { name }", community=COMMUNITY), {}, AT_COMMUNITY),
        "Mutation.reconcile": (
            mutation("reconcile", "ReconcileInput"),
            {"input": {"division": COMMUNITY, "line": "education"}},
            {"the host", "the line"} | ABOVE,
        ),
        "Mutation.importPapers": (mutation("importPapers", "ImportPapersInput"), {"input": papers}, GRIDDERS),
        "Mutation.remindUnit": (mutation("remindUnit", "RemindUnitInput"), {"input": reminder}, {"the line"} | ABOVE),
        "Reconciliation": (whole, {}, OVERSEERS),
        "ReconciledLine": (query("unitResidual", nodes, unit=unit), {}, AT_UNIT),
    }


def organs(member: str) -> Rows:
    """The rows of the organ register, appointments, leader links and profiles."""
    organ = {"division": COMMUNITY, "kind": "OWNERS_COMMITTEE", "name": "x"}
    post = {"memberId": member, "division": COMMUNITY, "role": "FIRST_SECRETARY", "rank": "SECTION"}
    link = {"memberId": member, "communityCode": COMMUNITY}
    profile = {"communityCode": COMMUNITY, "staff": 1, "funding": 1, "premises": 1}
    table: Rows = {
        "Query.leaderCoverage": (query("leaderCoverage", "linked", within=CITY), {}, SIGNED_IN),
        "Query.communityProfile": (query("communityProfile", "staff", code=COMMUNITY), {}, SIGNED_IN),
    }
    for name in ("organs", "appointments", "leaderLinks"):
        table[f"Query.{name}"] = (query(name, "nodes { id }", within=CITY), {}, SIGNED_IN)
    for name, row, allowed in (
        ("registerOrgan", organ, GRIDDERS),
        ("makeAppointment", post, ABOVE),
        ("linkLeader", link, ABOVE),
        ("setCommunityProfile", profile, GRIDDERS),
    ):
        kind = f"{name[0].upper()}{name[1:]}Input"
        table[f"Mutation.{name}"] = (mutation(name, kind), {"input": row}, allowed)
        table[f"Mutation.{name}s"] = (mutation(f"{name}s", kind, bulk=True), {"inputs": [row]}, allowed)
    return table


async def standing_terms(town: Town, member: str) -> Rows:
    """The rows that end something; it stands after this."""
    organ = {"division": COMMUNITY, "kind": "OWNERS_COMMITTEE", "name": "y"}
    post = {"memberId": member, "division": COMMUNITY, "role": "ADVISER", "rank": "SECTION"}
    link = {"memberId": member, "communityCode": OTHER_COMMUNITY}
    table: Rows = {}
    for name, kind, row, ending, allowed in (
        ("registerOrgan", "Organ", organ, "dissolveOrgan", GRIDDERS),
        ("makeAppointment", "Appointment", post, "endAppointment", ABOVE),
        ("linkLeader", "LeaderLink", link, "endLeaderLink", {"the county", "the city", "the sub-district"}),
    ):
        made = mutation(name, f"{name[0].upper()}{name[1:]}Input", shown=f"... on {kind} {{ id }}")
        found = await town.api.ask(made, token("CITY_ADMIN", CITY), input=row)
        table[f"Mutation.{ending}"] = (mutation(ending, "EndTermInput"), {"input": {"id": found["id"]}}, allowed)
    return table


async def parts_of_grids(town: Town) -> Rows:
    """The rows of groups and squads; there is a grid with a squad after this."""
    city = token("CITY_ADMIN", CITY)
    created = mutation("createGrid", "CreateGridInput", shown="... on Grid { id }")
    grid = await town.api.ask(created, city, input={"communityCode": COMMUNITY, "name": "y"})
    row = {"gridId": grid["id"], "name": "y"}
    squad = await town.api.ask(
        mutation("createSquad", "CreateSquadInput", shown="... on Squad { id }"), city, input=row
    )
    document = mutation("nameSquadLeader", "NameSquadLeaderInput")
    table: Rows = {"Mutation.nameSquadLeader": (document, {"input": {"squadId": squad["id"]}}, GRIDDERS)}
    for name in ("createGroup", "createSquad"):
        kind = f"{name[0].upper()}{name[1:]}Input"
        table[f"Mutation.{name}"] = (mutation(name, kind), {"input": row}, GRIDDERS)
        table[f"Mutation.{name}s"] = (mutation(f"{name}s", kind, bulk=True), {"inputs": [row]}, GRIDDERS)
    return table


async def papers_of_town(town: Town) -> Rows:
    """The rows that need a paper; there is one after this."""
    content = base64.b64encode(csv_file([["张三", ""]], header=("姓名", "身份证号"))).decode()
    row = {"communityCode": COMMUNITY, "contentBase64": content}
    imported = mutation("importPapers", "ImportPapersInput")
    await town.api.ask(imported, token("HOST", COMMUNITY), input=row)
    listed = query("papers", "nodes { id name }", community=COMMUNITY)
    found = await town.api.ask(listed, token("HOST", COMMUNITY))
    decided = {"input": {"paperId": found["nodes"][0]["id"]}}
    return {
        "Paper": (listed, {}, AT_COMMUNITY),
        "Mutation.decideMatch": (mutation("decideMatch", "DecideMatchInput"), decided, ABOVE),
    }


async def rows_of_town(town: Town, unit: str, member: str) -> Rows:
    """All rows; what they need of the unit and its member is there after this."""
    agreement = await town.sign(unit, OTHER_COMMUNITY)
    certified = await town.certify(unit, (await town.submit(member))["id"])
    made = await town.api.ask(
        mutation("reconcile", "ReconcileInput", shown="... on Reconciliation { id }"),
        token("CITY_ADMIN", CITY),
        input={"division": SUBDISTRICT},
    )
    end = mutation("endAgreement", "EndAgreementInput")
    return {
        **operations(unit, member, certified["id"], certified["certificateNumber"]),
        "Mutation.endAgreement": (end, {"input": {"id": agreement["id"]}}, SIGNERS),
        **reconciling(unit, made["id"]),
        **await papers_of_town(town),
        **organs(member),
        **await standing_terms(town, member),
        **await standing_correction(town, member),
        **await parts_of_grids(town),
    }
