"""The order of things. Every phase looks first, so a play that was interrupted or finished may be started again."""

from pathlib import Path

from huijia_demo.city.model import Presence
from huijia_demo.city.rosters import write_rosters
from huijia_demo.play.activities import hold_activities
from huijia_demo.play.appeals import appeal
from huijia_demo.play.beneficiaries import record_beneficiaries
from huijia_demo.play.calendars import subscribe_to_calendars
from huijia_demo.play.certificates import certify_service
from huijia_demo.play.claims import claim_offers
from huijia_demo.play.divisions import import_divisions
from huijia_demo.play.exports import export_tables, take_own_data
from huijia_demo.play.grids import create_grids
from huijia_demo.play.handing_over import hand_over
from huijia_demo.play.hotline import call_the_hotline
from huijia_demo.play.matches import decide_a_match
from huijia_demo.play.offers import publish_offers
from huijia_demo.play.officials import appoint_officials, link_leaders
from huijia_demo.play.organs import register_organs, set_profiles
from huijia_demo.play.personal import handle_personal_data
from huijia_demo.play.policies import rule
from huijia_demo.play.programmes import edit_offers, launch_programmes, support_projects
from huijia_demo.play.projects import open_service_points, run_projects
from huijia_demo.play.reconciliation import reconcile
from huijia_demo.play.records import serve
from huijia_demo.play.registrations import Registrar
from huijia_demo.play.reorganisations import bring_together, reorganise
from huijia_demo.play.reporting import report_the_year
from huijia_demo.play.rosters import apply_rosters
from huijia_demo.play.samples import check_a_sample
from huijia_demo.play.solving import solve_problems
from huijia_demo.play.stage import Stage
from huijia_demo.play.statements import issue_statements
from huijia_demo.play.thanks import thank
from huijia_demo.play.units import register_units


async def play(stage: Stage, rosters: Path) -> None:
    """Play the whole scenario; `rosters` is the folder that the roster files are written to."""
    await import_divisions(stage)
    await register_units(stage)
    await bring_together(stage)
    await create_grids(stage)
    await _register(stage, rosters)
    await reconcile(stage)
    await decide_a_match(stage)
    await handle_personal_data(stage)
    await take_own_data(stage)
    await publish_offers(stage)
    await claim_offers(stage)
    await record_beneficiaries(stage)
    await serve(stage)
    await thank(stage)
    await hand_over(stage)
    await rule(stage)
    await edit_offers(stage)
    await certify_service(stage)
    await check_a_sample(stage)
    await subscribe_to_calendars(stage)
    await hold_activities(stage)
    await solve_problems(stage)
    await call_the_hotline(stage)
    await run_projects(stage)
    await support_projects(stage)
    await open_service_points(stage)
    await launch_programmes(stage)
    await register_organs(stage)
    await link_leaders(stage)
    await appoint_officials(stage)
    await set_profiles(stage)
    await reorganise(stage)


async def conclude(stage: Stage) -> None:
    """What is said of the year, once evaluation has counted everything; none of it changes a figure."""
    await appeal(stage)
    await issue_statements(stage)
    await report_the_year(stage)
    await export_tables(stage)


async def _register(stage: Stage, rosters: Path) -> None:
    """Some leave and others join between the first rosters and the second ones."""
    files = write_rosters(stage.city, rosters)
    registrar = Registrar(stage)
    await apply_rosters(stage, [file for file in files if file.version == 1], "Rosters")
    early = [person for person in stage.city.people if person in stage.members]
    await registrar.register(early, "Registrations")
    await apply_rosters(stage, [file for file in files if file.version == 2], "Changed rosters")
    await registrar.register([one for one in stage.city.people if one.presence is Presence.JOINS], "Joined")
    await registrar.place()
