"""`python -m registration [serve | schema | dead-letters | import-divisions | rotate-keys]`."""

from servicekit.runtime.cli import main

from registration.app import SERVICE
from registration.cli import add_import_divisions

main(SERVICE, add_import_divisions)
