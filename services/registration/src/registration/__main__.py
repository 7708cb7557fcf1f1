"""`python -m registration [serve | schema | dead-letters | rotate-keys]`."""

from servicekit.runtime.cli import main

from registration.app import SERVICE

main(SERVICE)
