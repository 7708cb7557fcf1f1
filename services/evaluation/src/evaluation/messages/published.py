"""The events that this service publishes, with the public snapshot that each carries."""

from collections.abc import Mapping

from pydantic import BaseModel

from evaluation.domain.appeals import AppealSnapshot
from evaluation.domain.issues import BulletinSnapshot
from evaluation.domain.reminders import ReminderSnapshot
from evaluation.domain.schemes import SchemeSnapshot
from evaluation.domain.statements import StatementSnapshot

BULLETIN_PUBLISHED = "bulletin-published"
LIVE = (BULLETIN_PUBLISHED,)
PUBLISHED: Mapping[str, type[BaseModel]] = {
    BULLETIN_PUBLISHED: BulletinSnapshot,
    "scheme-published": SchemeSnapshot,
    "reminder-due": ReminderSnapshot,
    "statement-issued": StatementSnapshot,
    "appeal-filed": AppealSnapshot,
    "appeal-overdue": AppealSnapshot,
    "appeal-granted": AppealSnapshot,
    "appeal-rejected": AppealSnapshot,
    "appeal-withdrawn": AppealSnapshot,
}
