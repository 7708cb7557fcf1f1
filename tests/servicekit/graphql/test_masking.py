"""A fault tells the client nothing but the id under which the log has everything."""

from structlog.testing import capture_logs

from tests.servicekit.graphql.asking import error_of

FAULT = '{ find(text: "fault") }'


async def test_a_masked_fault_carries_the_correlation_id_and_the_log_has_the_traceback():
    with capture_logs() as logs:
        error = await error_of(FAULT)

    assert error["message"] == "内部错误 / Internal error"
    assert error["extensions"] == {"code": "INTERNAL", "correlationId": "correlation-1"}
    assert error["path"] == ["find"]
    (log,) = logs
    assert (log["event"], log["correlation_id"], log["where"]) == ("graphql.fault", "correlation-1", "find")
    assert isinstance(log["exc_info"], KeyError)
    assert log["exc_info"].__traceback__ is not None


async def test_a_fault_s_text_never_goes_out():
    assert "secret" not in str(await error_of(FAULT))
