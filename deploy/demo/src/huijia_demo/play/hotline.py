"""The city's hotline files service requests over Open311 and reads them back, as another system of the city would."""

from collections.abc import Mapping

import aiohttp
import orjson

from huijia_demo.figures import CITY
from huijia_demo.play.endpoint import Json
from huijia_demo.play.problems import PlayError, Unreachable
from huijia_demo.play.stage import Stage, few

PERMISSIONS = ("Problem", "Mutation.reportProblem")
CALLS = ("路灯不亮", "窨井盖松动", "楼道堆物", "健身器材损坏", "占道停车")
CODES = ("SAFETY", "FACILITIES", "SANITATION", "FACILITIES", "PARKING")


async def call_the_hotline(stage: Stage) -> None:
    """A reference makes filing repeatable. Raises PlayError where a request can't be read back as it was filed."""
    calls = list(zip(CALLS, CODES, few(stage.city.communities * len(CALLS)), strict=True))
    token = stage.badges.system(CITY, PERMISSIONS)
    with stage.phase("Hotline", len(calls)):
        for text, code, community in calls:
            form = {"service_code": code, "address_id": community, "description": text, "reference": f"12345:{text}"}
            (filed,) = await _call(stage, "POST", "requests.json", token, form)
            (read,) = await _call(stage, "GET", f"requests/{filed['service_request_id']}.json", token)
            if (read["description"], read["service_code"]) != (text, code):
                raise PlayError(f"Open311 answered {read} for what was filed as {form}.")
            stage.advance(1)


async def _call(stage: Stage, method: str, path: str, token: str, form: Mapping[str, str] | None = None) -> list[Json]:
    url = f"{stage.open311}/{path}"
    try:
        async with (
            aiohttp.ClientSession(headers={"authorization": f"Bearer {token}"}) as session,
            session.request(method, url, data=form) as response,
        ):
            answer = orjson.loads(await response.read())
            if response.status >= 400:
                raise PlayError(f"{url} answered {response.status}: {answer}")
            rows: list[Json] = answer
            return rows
    except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as error:
        raise Unreachable(url, error) from error
