"""`python -m service_tracking [serve | schema | dead-letters ...]`."""

from servicekit.runtime.cli import main

from service_tracking.app import SERVICE

main(SERVICE)
