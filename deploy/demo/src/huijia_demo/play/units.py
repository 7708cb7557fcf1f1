"""Counties register the partner units, and sign the agreement of each with its primary community."""

from huijia_demo.city.model import Unit
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

REGISTER = Mutation("registerUnit", "registerUnits", "Unit", known={"UnitAlreadyRegistered": "unitId"})
SIGN = Mutation("signAgreement", "signAgreements", "Agreement", known={"AgreementAlreadyActive": ""})
SUPPORT = ("TALENT", "TECHNOLOGY", "MATERIALS", "FUNDS", "VENUE")
SIGNED_ON = "2015-07-01"


async def register_units(stage: Stage) -> None:
    units = stage.city.units
    with stage.phase("Units", len(units)):
        done = await stage.send(REGISTER, units, lambda unit: stage.badges.county(unit.county), _unit)
        stage.units.update((unit, outcome.get("id") or outcome["unitId"]) for unit, outcome in done)
    with stage.phase("Agreements", len(units)):
        await stage.send(
            SIGN,
            units,
            lambda unit: stage.badges.county(unit.county),
            lambda unit: _agreement(unit, stage.units[unit]),
        )


def _unit(unit: Unit) -> Json:
    return {"name": unit.name, "creditCode": unit.credit_code, "line": unit.line, "division": unit.county}


def _agreement(unit: Unit, unit_id: str) -> Json:
    return {
        "unitId": unit_id,
        "communityCode": unit.community,
        "primary": True,
        "support": [SUPPORT[sum(unit.credit_code.encode()) % len(SUPPORT)]],
        "startsOn": SIGNED_ON,
    }
