"""Hosts certify a year of service to a few members; anybody can verify it."""

from huijia_demo.city.model import Outcome, Person
from huijia_demo.figures import MEASURED_YEAR
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.problems import PlayError
from huijia_demo.play.stage import Stage, few

ISSUE = Mutation("issueServiceCertificate", "", "ServiceCertificate", "number")
ISSUED = """
query($member: ID!) { member(id: $member) { serviceCertificates(first: 1) { nodes { number } } } }
"""
VERIFY = """
query($number: String!) { serviceCertificate(number: $number) { state } }
"""


async def certify_service(stage: Stage) -> None:
    """Raises PlayError for a certificate that nobody can verify."""
    people = _served_at_home(stage)
    with stage.phase("Service certificates", len(people)):
        numbers = dict(zip(people, await stage.each(lambda person: _issued(stage, person), people), strict=True))
        done = await stage.send(
            ISSUE,
            [person for person in people if numbers[person] is None],
            lambda person: stage.badges.host(person.community),
            lambda person: _certificate(person, stage.members[person]),
            alone=True,
        )
        numbers |= {person: certificate["number"] for person, certificate in done}
        for number in numbers.values():
            check = (await stage.endpoint.ask(VERIFY, None, number=number))["serviceCertificate"]
            if check is None:
                raise PlayError(f"The certificate {number} can't be verified. Look for it in service-tracking's data.")


def _served_at_home(stage: Stage) -> list[Person]:
    served = (
        record.person
        for record in stage.city.records
        if record.outcome is Outcome.CONFIRMED
        and record.community == record.person.community
        and record.served_on.year == MEASURED_YEAR
    )
    return few(dict.fromkeys(served))


async def _issued(stage: Stage, person: Person) -> str | None:
    answer = await stage.endpoint.ask(ISSUED, stage.badges.host(person.community), member=stage.members[person])
    numbers = [node["number"] for node in answer["member"]["serviceCertificates"]["nodes"]]
    return numbers[0] if numbers else None


def _certificate(person: Person, member_id: str) -> Json:
    return {
        "memberId": member_id,
        "communityCode": person.community,
        "holderName": person.name,
        "startsOn": f"{MEASURED_YEAR}-01-01",
        "endsOn": f"{MEASURED_YEAR}-12-31",
        "issuer": "社区党组织",
        "personInCharge": "社区主持人",
        "handler": "社区工作者",
        "contact": "社区党群服务中心",
    }
