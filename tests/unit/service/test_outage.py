import pytest
from structlog.testing import capture_logs

from worker.errors import StoreUnavailable
from worker.service.outage import SETTLED_S, Outage


def away():
    raise StoreUnavailable("no route to the sea")


@pytest.mark.parametrize(("pause", "said"), [(SETTLED_S, ["warning", "info", "warning"]), (SETTLED_S / 4, ["warning"])])
def test_an_absence_is_said_once_and_so_is_its_end_when_nothing_fails_any_more(pause, said):
    now = 0.0
    outage = Outage("the sea", clock=lambda: now)
    with capture_logs() as logs:
        for act in (lambda: None, away, away, lambda: None, lambda: None, away):
            now += pause
            with outage.endured():
                act()
    assert [entry["log_level"] for entry in logs] == said
    assert logs[0]["error"] == "no route to the sea"


def test_it_lasts_until_its_end_is_said():
    now = 0.0
    outage = Outage("the sea", clock=lambda: now)
    assert not outage.lasts
    with outage.endured():
        away()
    for now, lasts in ((SETTLED_S - 1, True), (SETTLED_S, False)):  # noqa: B007 - the clock reads it
        with outage.endured():
            pass
        assert outage.lasts is lasts


def test_what_else_goes_wrong_is_not_endured():
    outage = Outage("the sea")
    with capture_logs() as logs, pytest.raises(ZeroDivisionError), outage.endured():
        _ = 1 / 0
    assert logs == []
