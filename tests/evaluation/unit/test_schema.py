"""The committed schema is the one that is served."""

from pathlib import Path

from evaluation.app import SERVICE
from evaluation.cli import commands
from typer.testing import CliRunner

COMMITTED = Path(__file__).parents[3] / "services" / "evaluation" / "schema.graphql"


def test_the_committed_schema_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(commands(SERVICE), ["schema"])

    assert printed.exit_code == 0
    assert printed.stdout == COMMITTED.read_text(), (
        "run `python -m evaluation schema > services/evaluation/schema.graphql`"
    )
