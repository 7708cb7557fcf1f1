"""Communities launch programmes, some of which end; units support projects; hosts put an offer into better words."""

from huijia_demo.city.model import Kind, Offer, Project
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.projects import PROPOSE, project_row
from huijia_demo.play.stage import Stage, few

LAUNCH = Mutation("launchProgramme", "launchProgrammes", "Programme")
END = Mutation("endProgramme", "", "Programme", known={"StepNotPossible": ""})
SUPPORT = Mutation("recordSupport", "recordSupports", "SupportEntry")
EDIT = Mutation("editOffer", "", "Post")
VERSION = """
query($id: ID!) { offer(id: $id) { version } }
"""
KINDS = (("TALENT", "人"), ("TECHNOLOGY", "次"), ("MATERIALS", "箱"), ("FUNDS", "笔"), ("VENUE", "处"))
PROGRAMMES = ("四点半学堂", "邻里书屋", "健康小屋", "红色影院", "巧手工坊")


async def launch_programmes(stage: Stage) -> None:
    """Each in a community; the last one ends."""
    places = list(zip(PROGRAMMES, few(stage.city.communities * len(PROGRAMMES)), strict=True))
    with stage.phase("Programmes", len(places)):
        made = await stage.send(
            LAUNCH,
            places,
            lambda one: stage.badges.host(one[1]),
            lambda one: {
                "communityCode": one[1],
                "name": one[0],
                "launchedOn": "2016-03-01",
                "reference": f"PROGRAMME:{one[0]}",
            },
        )
        (_, community), programme = made[-1]
        ending = {"id": programme["id"], "on": "2017-06-30"}
        await stage.send(END, [ending], lambda _: stage.badges.host(community), dict, alone=True)


async def support_projects(stage: Stage) -> None:
    """One entry of each kind of support; a project is known by its reference."""
    projects = few(one for one in stage.city.projects if "STARTED" in one.path)
    with stage.phase("Support", len(projects)):
        known = await stage.send(
            PROPOSE,
            projects,
            lambda one: stage.badges.unit(stage.units[one.unit]),
            lambda one: project_row(one, stage.units[one.unit]),
        )
        ids = {project: there["id"] for project, there in known}
        await stage.send(
            SUPPORT,
            projects,
            lambda one: stage.badges.host(one.unit.community),
            lambda one: _support(one, stage.units[one.unit], ids[one], projects.index(one)),
        )


async def edit_offers(stage: Stage) -> None:
    """An edit that says what is said already changes nothing, so it may be sent again."""
    posts = few(one for one in stage.city.offers if one.kind is Kind.POST and not one.recurrence)

    async def row(post: Offer) -> Json:
        host = stage.badges.host(post.community)
        offer = (await stage.endpoint.ask(VERSION, host, id=stage.offers[post]))["offer"]
        return {"offerId": stage.offers[post], "version": offer["version"], "description": "请着志愿服务马甲"}

    with stage.phase("Edited offers", len(posts)):
        rows = dict(zip(posts, await stage.each(row, posts), strict=True))
        await stage.send(EDIT, posts, lambda post: stage.badges.host(post.community), rows.__getitem__, alone=True)


def _support(project: Project, unit_id: str, project_id: str, number: int) -> Json:
    kind, measure = KINDS[number % len(KINDS)]
    return {
        "communityCode": project.unit.community,
        "unitId": unit_id,
        "projectId": project_id,
        "kind": kind,
        "quantity": str(number + 1),
        "measure": measure,
        "value": "2000",
        "givenOn": project.proposed_on.isoformat(),
        "reference": f"SUPPORT:{project.title}",
    }
