"""`python -m registration [serve | schema | dead-letters]`."""

from servicekit.runtime.cli import main

from registration.app import SERVICE

main(SERVICE)
