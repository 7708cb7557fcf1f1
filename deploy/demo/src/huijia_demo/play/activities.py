"""Units plan collective activities under their agreements, communities their own; hosts say which were held."""

from huijia_demo.city.model import Activity
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage
from huijia_demo.play.steps import Step, rows_of, walk

FIELDS = "id status"
SCHEDULE = Mutation("scheduleActivity", "scheduleActivities", "Activity", FIELDS, not_yet=frozenset({"NoAgreement"}))
HOLD = Mutation("holdActivity", "holdActivities", "Activity", FIELDS)
CANCEL = Mutation("cancelActivity", "", "Activity", FIELDS)
PLACES = 30


async def hold_activities(stage: Stage) -> None:
    activities = stage.city.activities

    def organiser(activity: Activity) -> str:
        unit = activity.unit
        return stage.badges.unit(stage.units[unit]) if unit else stage.badges.host(activity.community)

    def host(activity: Activity) -> str:
        return stage.badges.host(activity.community)

    def plan(activity: Activity) -> Json:
        return _plan(activity, stage.units[activity.unit] if activity.unit else None)

    steps = [
        Step("HELD", HOLD, host, "activityId"),
        Step("CANCELLED", CANCEL, organiser, "activityId", alone=True),
    ]
    with stage.phase("Activities", rows_of(activities)):
        await walk(stage, await stage.send(SCHEDULE, activities, organiser, plan), steps)


def _plan(activity: Activity, unit_id: str | None) -> Json:
    return {
        "communityCode": activity.community,
        "unitId": unit_id,
        "title": activity.title,
        "plannedOn": activity.planned_on.isoformat(),
        "opensOn": activity.planned_on.isoformat(),
        "place": "社区党群服务中心",
        "mode": activity.mode,
        "capacity": PLACES,
        "reference": f"ACTIVITY:{activity.title}",
    }
