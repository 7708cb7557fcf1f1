"""The events that this service consumes, in its own small models of them."""

from typing import Any

from servicekit.bus.apply import Consumes

from service_tracking.messages import handlers
from service_tracking.messages.evaluation import AppealFact
from service_tracking.messages.registration import AgreementFact, RegistrationFact, ReorganisationFact

CONSUMED: list[Consumes[Any]] = [
    Consumes(
        source="registration",
        facts=("registration-completed", "registration-unit-changed", "registration-moved", "registration-ended"),
        model=RegistrationFact,
        handler=handlers.keep_registrations,
    ),
    Consumes(
        source="registration",
        facts=("agreement-signed", "agreement-ended"),
        model=AgreementFact,
        handler=handlers.keep_agreements,
    ),
    Consumes(
        source="registration",
        facts=("reorganisation-ordered", "reorganisation-done"),
        model=ReorganisationFact,
        handler=handlers.follow_reorganisations,
    ),
    Consumes(source="evaluation", facts=("appeal-granted",), model=AppealFact, handler=handlers.settle),
]
