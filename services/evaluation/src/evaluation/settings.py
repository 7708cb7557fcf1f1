"""Settings of this service: those of every service."""

from servicekit.runtime.settings import ServiceSettings


class EvaluationSettings(ServiceSettings):
    """HUIJIA_LANES must name every lane that any service publishes on: this service listens to all events."""
