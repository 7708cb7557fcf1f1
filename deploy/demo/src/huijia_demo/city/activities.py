"""Activities: collective ones of units under their agreements, and those of the communities themselves."""

from itertools import cycle, islice

from huijia_demo.city.chance import day_between, stream
from huijia_demo.city.model import Activity, Mode, Path, Unit
from huijia_demo.city.offers import FIRST_DAY, LAST_DAY

THEMES = {
    Mode.FIXED_POINT: ("便民服务日", "政策咨询台", "义务理发", "家电维修"),
    Mode.TEAM: ("组团走访", "联合义诊", "法律服务进小区", "平安巡防"),
    Mode.THEMED: ("爱国卫生月", "重阳敬老", "学雷锋日", "消防宣传周", "七一主题党日"),
}
HELD: Path = ("PUBLISHED", "HELD")
NOT_HELD: tuple[Path, ...] = (("PUBLISHED",), ("PUBLISHED", "CANCELLED"))
ONE_OF_ITS_OWN_IN = 5
ONE_NOT_HELD_IN = 25


def activities(collective: int, team: int, themed: int, units: list[Unit], communities: list[str]) -> list[Activity]:
    """`collective` held by units, `team` and `themed` held of these modes, by units or not; and some not held."""
    modes = [Mode.TEAM] * team + [Mode.THEMED] * themed
    chance = stream("activities")
    chance.shuffle(modes)
    joint = [mode for i, mode in enumerate(modes) if i % ONE_OF_ITS_OWN_IN]
    own = modes[::ONE_OF_ITS_OWN_IN] + joint[collective:]
    joint = joint[:collective] + [Mode.FIXED_POINT] * (collective - len(joint))
    idle = list(islice(cycle(Mode), max(len(NOT_HELD), collective // ONE_NOT_HELD_IN)))
    plans = [
        *((mode, units[i % len(units)], HELD) for i, mode in enumerate(joint)),
        *((mode, None, HELD) for mode in own),
        *((mode, chance.choice(units), NOT_HELD[i % len(NOT_HELD)]) for i, mode in enumerate(idle)),
    ]
    return [
        Activity(
            mode=mode,
            community=unit.community if unit else chance.choice(communities),
            unit=unit,
            title=f"{chance.choice(THEMES[mode])}·{number}",
            planned_on=day_between(chance, FIRST_DAY, LAST_DAY),
            path=path,
        )
        for number, (mode, unit, path) in enumerate(plans, 1)
    ]
