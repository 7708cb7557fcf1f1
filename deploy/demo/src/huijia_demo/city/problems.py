"""Problems that members report from their communities: most are solved, some are not."""

from huijia_demo.city.chance import day_between, stream
from huijia_demo.city.model import Path, Person, Problem
from huijia_demo.city.offers import FIRST_DAY, LAST_DAY

PROBLEMS = {
    "SANITATION": "楼道堆物,清运不及时",
    "SAFETY": "消防通道被占",
    "FACILITIES": "路灯损坏",
    "UTILITIES": "排水不畅",
    "PARKING": "车辆乱停",
    "GREENERY": "树枝遮挡窗户",
    "NEIGHBOURS": "邻里噪声纠纷",
}
RESOLVED: Path = ("REPORTED", "ACCEPTED", "RESOLVED")
# By those who act for themselves: nobody else can say that it is solved.
CONFIRMED: Path = ("REPORTED", "ACCEPTED", "ASSIGNED", "RESOLVED", "CONFIRMED")
UNSOLVED: tuple[Path, ...] = (
    ("REPORTED",),
    ("REPORTED", "DECLINED"),
    ("REPORTED", "ACCEPTED", "ASSIGNED"),
    ("REPORTED", "ACCEPTED", "RESOLVED", "REOPENED"),
)
ONE_UNSOLVED_IN = 25


def problems(solved: int, registered: dict[str, list[Person]]) -> list[Problem]:
    """`solved` problems RESOLVED or CONFIRMED, and some that aren't, or aren't any more."""
    chance = stream("problems")
    people = [person for here in registered.values() for person in here]
    unsolved = max(len(UNSOLVED), solved // ONE_UNSOLVED_IN)

    def problem(number: int, person: Person, path: Path) -> Problem:
        category, what = chance.choice(list(PROBLEMS.items()))
        return Problem(person, category, f"{what}·{number}", day_between(chance, FIRST_DAY, LAST_DAY), path)

    reporters = chance.choices(people, k=solved)
    return [
        *(problem(i, one, CONFIRMED if one.alone else RESOLVED) for i, one in enumerate(reporters)),
        *(problem(solved + i, chance.choice(people), UNSOLVED[i % len(UNSOLVED)]) for i in range(unsolved)),
    ]
