"""The settings of this service: those that every service has."""

from servicekit.runtime.settings import ServiceSettings as Settings

__all__ = ["Settings"]
