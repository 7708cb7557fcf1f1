"""Hosts set up the grids of their communities."""

from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

CREATE = Mutation("createGrid", "createGrids", "Grid", known={"GridAlreadyExists": "gridId"})


async def create_grids(stage: Stage) -> None:
    grids = stage.city.grids
    with stage.phase("Grids", len(grids)):
        done = await stage.send(
            CREATE,
            grids,
            lambda grid: stage.badges.host(grid.community),
            lambda grid: {"communityCode": grid.community, "name": grid.name, "compounds": [grid.compound]},
        )
        stage.grids.update((grid, outcome.get("id") or outcome["gridId"]) for grid, outcome in done)
