"""Hosts and counties keep the organ register; communities say what they have to work with."""

from huijia_demo.city.divisions import county_of
from huijia_demo.city.model import Organ, OrganKind, Profile
from huijia_demo.figures import CITY
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage
from huijia_demo.play.terms import end_over, make_missing

FIELDS = "id endedOn"
REGISTER = Mutation("registerOrgan", "registerOrgans", "Organ", FIELDS)
DISSOLVE = Mutation("dissolveOrgan", "", "Organ", FIELDS, input="EndTermInput")
SET = Mutation("setCommunityProfile", "setCommunityProfiles", "CommunityProfile", "staff")
REGISTERED = """
query($within: ID!, $first: Int!, $after: String) {
  organs(within: $within, first: $first, after: $after) {
    nodes { id kind name endedOn division { code } } pageInfo { hasNextPage endCursor }
  }
}
"""


async def register_organs(stage: Stage) -> None:
    def by(organ: Organ) -> str:
        if organ.kind is OrganKind.GUIDANCE_GROUP:
            return stage.badges.county(county_of(organ.division))
        return stage.badges.host(organ.division)

    organs = stage.city.organs
    with stage.phase("Organs", len(organs)):
        nodes = await stage.nodes(REGISTERED, stage.badges.city(), ("organs",), within=CITY)
        there = {(node["division"]["code"], node["kind"], node["name"]): node for node in nodes}
        keyed = [((organ.division, organ.kind, organ.name), organ) for organ in organs]
        stored = await make_missing(stage, REGISTER, there, keyed, by, _organ)
        await end_over(stage, DISSOLVE, stored, by)
        stage.organs.update((organ, node["id"]) for organ, node in stored.items())


async def set_profiles(stage: Stage) -> None:
    profiles = stage.city.profiles
    with stage.phase("Profiles", len(profiles)):
        await stage.send(SET, profiles, lambda profile: stage.badges.host(profile.community), _profile)


def _organ(organ: Organ) -> Json:
    return {
        "division": organ.division,
        "kind": organ.kind,
        "name": organ.name,
        "compounds": organ.compounds,
        "foundedOn": organ.starts_on.isoformat(),
    }


def _profile(profile: Profile) -> Json:
    return {
        "communityCode": profile.community,
        "staff": profile.staff,
        "funding": profile.funding,
        "addedFunding": profile.added_funding,
        "premises": profile.premises,
        "addedPremises": profile.added_premises,
        "platform": ["STAFF", "FUNDS", "PREMISES", "RULES"],
    }
