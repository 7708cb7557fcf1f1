import sys

from servicekit.runtime.settings import SettingsError

from evaluation.app import SERVICE
from evaluation.cli import commands

try:
    commands(SERVICE)()
except SettingsError as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(2)
