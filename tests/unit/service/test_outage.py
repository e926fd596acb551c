import pytest
from structlog.testing import capture_logs

from worker.errors import StoreUnavailable
from worker.service.outage import Outage


def away():
    raise StoreUnavailable("no route to the sea")


def test_an_absence_is_said_once_and_its_end_too():
    outage = Outage("the sea")
    with capture_logs() as logs:
        for act in (lambda: None, away, away, lambda: None, lambda: None, away):
            with outage.endured():
                act()
    levels = [entry["log_level"] for entry in logs]
    assert levels == ["warning", "info", "warning"]
    assert logs[0]["error"] == "no route to the sea"


def test_what_else_goes_wrong_is_not_endured():
    outage = Outage("the sea")
    with capture_logs() as logs, pytest.raises(ZeroDivisionError), outage.endured():
        _ = 1 / 0
    assert logs == []
