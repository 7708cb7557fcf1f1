"""Projects of units under their agreements, and the service points of communities."""

from datetime import date

from huijia_demo.city.chance import day_between, stream
from huijia_demo.city.model import Path, Project, ServicePoint, Unit
from huijia_demo.city.offers import FIRST_DAY

PROJECTS = ("电梯加装", "停车位改造", "雨污分流", "老年食堂", "健身广场", "书屋共建", "充电桩安装", "屋面修缮")
POINTS = ("党员服务驿站", "便民服务点", "邻里中心", "志愿服务岗亭")
STARTED: Path = ("PROPOSED", "STARTED")
COMPLETED: Path = ("PROPOSED", "STARTED", "COMPLETED")
NOT_STARTED: tuple[Path, ...] = (("PROPOSED",), ("PROPOSED", "CANCELLED"), ("PROPOSED", "STARTED", "CANCELLED"))
OPEN: Path = ("OPEN",)
CLOSED: Path = ("OPEN", "CLOSED")
ONE_UNCOUNTED_IN = 25
LAST_PROPOSED = date(2017, 6, 30)


def projects(started: int, completed: int, units: list[Unit]) -> list[Project]:
    """`completed` of the `started` projects were finished; some were never begun, or given up."""
    chance = stream("projects")
    others = max(len(NOT_STARTED), started // ONE_UNCOUNTED_IN)
    paths = [COMPLETED] * completed + [STARTED] * (started - completed)
    paths += [NOT_STARTED[i % len(NOT_STARTED)] for i in range(others)]
    return [
        Project(
            unit=units[number % len(units)],
            title=f"{chance.choice(PROJECTS)}·{number}",
            proposed_on=day_between(chance, FIRST_DAY, LAST_PROPOSED),
            path=path,
        )
        for number, path in enumerate(paths, 1)
    ]


def service_points(count: int, communities: list[str]) -> list[ServicePoint]:
    """`count` that are open, and one or more that were closed."""
    chance = stream("service points")
    paths = [OPEN] * count + [CLOSED] * max(1, count // ONE_UNCOUNTED_IN)
    return [
        ServicePoint(
            community=communities[number % len(communities)],
            name=f"{chance.choice(POINTS)}·{number}",
            opened_on=day_between(chance, FIRST_DAY, LAST_PROPOSED),
            path=path,
        )
        for number, path in enumerate(paths, 1)
    ]
