import sys

from servicekit.runtime.settings import SettingsError

from evaluation.app import SERVICE
from evaluation.cli import commands

try:
    commands(SERVICE)()
except SettingsError as error:
    sys.exit(str(error))
