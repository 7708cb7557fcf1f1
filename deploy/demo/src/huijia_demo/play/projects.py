"""Units propose projects, hosts start and complete them; communities open service points."""

from collections.abc import Callable
from datetime import timedelta

from huijia_demo.city.model import Project, ServicePoint
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage
from huijia_demo.play.steps import Step, rows_of, walk

FIELDS = "id status"
PROPOSE = Mutation("proposeProject", "proposeProjects", "Project", FIELDS, not_yet=frozenset({"NoAgreement"}))
START = Mutation("startProject", "startProjects", "Project", FIELDS)
COMPLETE = Mutation("completeProject", "completeProjects", "Project", FIELDS)
CANCEL = Mutation("cancelProject", "cancelProjects", "Project", FIELDS)
OPEN = Mutation("openServicePoint", "openServicePoints", "ServicePoint", FIELDS)
CLOSE = Mutation("closeServicePoint", "", "ServicePoint", FIELDS)
STARTS_AFTER, LASTS = timedelta(days=14), timedelta(days=90)


async def run_projects(stage: Stage) -> None:
    projects = stage.city.projects

    def unit(project: Project) -> str:
        return stage.badges.unit(stage.units[project.unit])

    def host(project: Project) -> str:
        return stage.badges.host(project.unit.community)

    steps = [
        Step("STARTED", START, host, "projectId", _day(STARTS_AFTER)),
        Step("COMPLETED", COMPLETE, host, "projectId", _day(STARTS_AFTER + LASTS)),
        Step("CANCELLED", CANCEL, unit, "projectId", lambda _: {"reason": "资金未落实"}),
    ]
    with stage.phase("Projects", rows_of(projects)):
        made = await stage.send(PROPOSE, projects, unit, lambda one: project_row(one, stage.units[one.unit]))
        await walk(stage, made, steps)


async def open_service_points(stage: Stage) -> None:
    points = stage.city.service_points

    def host(point: ServicePoint) -> str:
        return stage.badges.host(point.community)

    with stage.phase("Service points", rows_of(points)):
        made = await stage.send(OPEN, points, host, _point)
        await walk(stage, made, [Step("CLOSED", CLOSE, host, "id", alone=True)])


def project_row(project: Project, unit_id: str) -> Json:
    return {
        "communityCode": project.unit.community,
        "unitId": unit_id,
        "title": project.title,
        "proposedOn": project.proposed_on.isoformat(),
        "reference": f"PROJECT:{project.title}",
    }


def _day(after: timedelta) -> Callable[[Project], Json]:
    return lambda project: {"on": (project.proposed_on + after).isoformat()}


def _point(point: ServicePoint) -> Json:
    return {
        "communityCode": point.community,
        "name": point.name,
        "openedOn": point.opened_on.isoformat(),
        "reference": f"POINT:{point.name}",
    }
