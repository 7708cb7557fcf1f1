"""A county draws some confirmed records of its own, and the city has a second look at them."""

from huijia_demo.city.divisions import county_of
from huijia_demo.figures import MEASURED_YEAR
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import HANDFUL, Stage

DRAW = Mutation("drawSample", "", "Sample", "id records(first: 20) { nodes { id finding } }")
CHECK = Mutation("checkSampledRecord", "", "SampledRecord")


async def check_a_sample(stage: Stage) -> None:
    """The same words draw the same sample."""
    county = county_of(stage.city.communities[0])
    draw = {
        "divisionCode": county,
        "startsOn": f"{MEASURED_YEAR}-01-01",
        "endsOn": f"{MEASURED_YEAR}-12-31",
        "size": HANDFUL,
        "seed": f"{county} {MEASURED_YEAR}",
    }
    with stage.phase("Second checks", HANDFUL):
        ((_, sample),) = await stage.send(DRAW, [draw], lambda _: stage.badges.county(county), dict, alone=True)
        open_ones = [one["id"] for one in sample["records"]["nodes"] if one["finding"] is None]
        await stage.send(
            CHECK,
            open_ones,
            lambda _: stage.badges.city(),
            lambda id: {"sampledId": id, "finding": "UPHELD"},
            alone=True,
        )
