"""Personal data never reaches the log."""

import json

import pytest
import structlog
from servicekit.telemetry.logging import REMOVED, configure_logging


@pytest.fixture
def _configured():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("_configured")
def test_fields_known_to_hold_personal_data_are_cut_out_at_any_depth(capsys):
    configure_logging("library")

    structlog.get_logger().info(
        "reader.seen",
        reader_id="r1",
        id_number="350802199001011234",
        row={"phone": "13800000000", "line": 3, "inner": [{"name": "欧阳"}]},
    )

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["service"], line["reader_id"]) == ("reader.seen", "library", "r1")
    assert line["id_number"] == REMOVED
    assert line["row"] == {"phone": REMOVED, "line": 3, "inner": [{"name": REMOVED}]}


@pytest.mark.usefixtures("_configured")
def test_a_traceback_is_logged_without_the_values_of_local_variables(capsys):
    configure_logging("library")
    phone = "138" + "0" * 8

    try:
        raise ValueError("wrong") if phone else None
    except ValueError:
        structlog.get_logger().exception("reader.failed")

    line = json.loads(capsys.readouterr().err)
    assert "ValueError: wrong" in line["exception"]
    assert phone not in line["exception"]
