"""Start, complete or cancel projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.project import Project, ProjectStatus
from service_tracking.storage.collections import PROJECTS
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class MoveProject:
    """`on`: the day, today if None."""

    project_id: str
    to: ProjectStatus
    on: date | None = None
    reason: str = ""


async def move_projects(work: Work, _by: Person, commands: Sequence[MoveProject]) -> list[Project | Refusal]:
    """One outcome a command. Refused with NotFound, StepNotPossible, InvalidInput."""
    projects = await work.load(Project, PROJECTS, [command.project_id for command in commands])

    def move(command: MoveProject) -> Project:
        project = found(projects, command.project_id, path="project_id", what_zh="项目", what_en="project")
        project.move(command.to, on=command.on, reason=command.reason, now=work.now)
        work.save(PROJECTS, project)
        return project

    return each(commands, move)
