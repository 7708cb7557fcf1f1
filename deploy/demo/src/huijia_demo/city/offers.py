"""Grids, and what every community offers: posts, wishes, households that need a helper, teams."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date

from huijia_demo.city.chance import day_between, shares, stream, uneven
from huijia_demo.city.model import Grid, Kind, Offer, Person

POSTS = (
    *("环境清洁", "治安巡逻", "政策宣讲", "邻里调解", "助老陪伴"),
    *("图书整理", "交通劝导", "法律咨询", "健康义诊", "课后辅导"),
)
WISHES = (
    *("一盏台灯", "一套课外书", "一次理发", "一台收音机", "一副老花镜"),
    *("一次全家福", "一个书包", "一床棉被", "一次大扫除", "一辆轮椅"),
)
HOUSEHOLDS = ("独居老人陪护", "残疾家庭帮扶", "困难学生助学", "重病家庭探访", "失业家庭就业", "留守儿童关爱")
TEAMS = ("先锋志愿服务队", "银龄互助队", "医疗义诊队", "法律援助队", "文艺宣传队", "应急抢修队")
SQUAD = 15
EVERY_SATURDAY = "FREQ=WEEKLY;BYDAY=SA"
FIRST_DAY, LAST_DAY = date(2015, 7, 1), date(2017, 6, 30)
Themes = tuple[str, ...]


def grids(count: int, communities: list[str]) -> list[Grid]:
    return [
        Grid(community, f"第{number}网格党支部", f"幸福家园{number}期")
        for community, here in _spread("grids", count, communities)
        for number in range(1, here + 1)
    ]


def placements(grids: list[Grid], registered: dict[str, list[Person]]) -> dict[Person, Grid]:
    """The grid of everybody registered, each community's filled in turn."""
    here: defaultdict[str, list[Grid]] = defaultdict(list)
    for grid in grids:
        here[grid.community].append(grid)
    return {
        person: here[community][i % len(here[community])]
        for community, people in registered.items()
        for i, person in enumerate(people)
    }


def posts(count: int, communities: list[str], demand: int) -> list[Offer]:
    """Posts with a capacity that holds their part of `demand` claims twice over; one of them recurs."""
    capacity = 2 * -(-demand // count) + 10
    once = _offers(Kind.POST, "posts", count, communities, POSTS, capacity)
    ((busiest, _),) = Counter(post.community for post in once).most_common(1)
    last = max(i for i, post in enumerate(once) if post.community == busiest)
    once[last] = replace(once[last], recurrence=EVERY_SATURDAY)
    return once


def wishes(count: int, communities: list[str]) -> list[Offer]:
    return _offers(Kind.WISH, "wishes", count, communities, WISHES, 1)


def pairing_needs(count: int, communities: list[str]) -> list[Offer]:
    return _offers(Kind.PAIRING, "pairing needs", count, communities, HOUSEHOLDS, 1)


def teams(count: int, communities: list[str], registered: dict[str, list[Person]]) -> list[Offer]:
    """Each led by a member of its community."""
    chance = stream("team leaders")
    formed = _offers(Kind.TEAM, "teams", count, communities, TEAMS, SQUAD)
    return [replace(team, leader=chance.choice(registered[team.community])) for team in formed]


def _offers(kind: Kind, topic: str, count: int, communities: list[str], themes: Themes, capacity: int) -> list[Offer]:
    chance = stream(f"{topic}: themes")
    return [
        Offer(kind, community, f"{chance.choice(themes)}·{number}", capacity, day_between(chance, FIRST_DAY, LAST_DAY))
        for community, here in _spread(topic, count, communities)
        for number in range(1, here + 1)
    ]


def _spread(topic: str, count: int, communities: list[str]) -> list[tuple[str, int]]:
    weights = uneven(stream(topic), len(communities))
    return list(zip(communities, shares(count, weights, least=1), strict=True))
