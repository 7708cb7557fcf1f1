"""`python -m registration [serve | schema | dead-letters | rotate-keys]`."""

import sys

from servicekit.runtime.settings import SettingsError

from registration.app import SERVICE
from registration.cli import commands

try:
    commands(SERVICE)()
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(2)
