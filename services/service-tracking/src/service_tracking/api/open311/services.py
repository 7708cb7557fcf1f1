"""What the endpoint says of itself: where it is, and of which kinds the requests are that it takes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from service_tracking.domain.problem import Category
from service_tracking.settings import Open311Address

# Moves whenever the services below, or what they take, change: clients load them anew then.
CHANGESET = "2026-11-27 00:00"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
KEYS = (
    "城市身份服务签发的令牌,须有 INTEGRATION 角色及 Problem、Mutation.reportProblem 权限 / "
    "A token of the city's identity service with the role INTEGRATION, named for Problem and Mutation.reportProblem"
)


class Kind(NamedTuple):
    name: str
    description: str
    keywords: str
    group: str


KINDS = {
    Category.SANITATION: Kind("环境卫生", "垃圾、污水、异味 / Rubbish, sewage, smells", "垃圾, rubbish", "环境"),
    Category.SAFETY: Kind("安全隐患", "消防、用电、危房、照明 / Fire, wiring, lights out", "消防, fire, light", "安全"),
    Category.FACILITIES: Kind("公共设施", "电梯、道路、健身器材 / Lifts, roads, equipment", "电梯, lift, road", "设施"),
    Category.UTILITIES: Kind("水电气", "停水、停电、燃气 / Water, power, gas", "停水, water, power, gas", "设施"),
    Category.PARKING: Kind("停车", "占道、车位 / Blocked ways, parking spaces", "车位, parking", "秩序"),
    Category.GREENERY: Kind("绿化", "树木、草坪 / Trees and lawns", "树木, tree", "环境"),
    Category.NEIGHBOURS: Kind("邻里纠纷", "噪声、漏水、争执 / Noise, leaks, quarrels", "噪声, noise, quarrel", "秩序"),
    Category.WELFARE: Kind("民生保障", "老人、儿童、困难家庭 / The old, children, the poor", "老人, welfare", "民生"),
    Category.OTHER: Kind("其他", "其他问题 / Anything else", "其他, other", "其他"),
}


def service(category: Category) -> Mapping[str, Any]:
    kind = KINDS[category]
    return {
        "service_code": category.value,
        "service_name": kind.name,
        "description": kind.description,
        "metadata": False,
        "type": "realtime",
        "keywords": kind.keywords,
        "group": kind.group,
    }


def definition(category: Category) -> Mapping[str, Any]:
    """No service takes more than the standard's own fields."""
    return {"service_code": category.value, "attributes": []}


def discovery(address: Open311Address) -> Mapping[str, Any]:
    endpoint = {
        "specification": SPECIFICATION,
        "url": address.url,
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return {"changeset": CHANGESET, "contact": address.contact, "key_service": KEYS, "endpoints": [endpoint]}
