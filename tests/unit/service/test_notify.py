"""What the service manager is told, over real datagrams."""

import os
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from servers.above import ServiceManager
from structlog.testing import capture_logs

from worker.service.notify import VARIABLES, Above, without_variables
from worker.service.supervisor import Supervisor, Watch


@pytest.fixture
def manager():
    with closing(ServiceManager()) as manager:
        yield manager


def test_it_is_told_by_a_path_or_an_abstract_name(manager):
    with tempfile.TemporaryDirectory() as folder, closing(ServiceManager(str(Path(folder, "notify")))) as other:
        for one in (manager, other):
            above = Above({"NOTIFY_SOCKET": one.address})
            above.ready()
            above.stopping()
            one.wait_for("STOPPING=1")
            assert one.said == ["READY=1", "STOPPING=1"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "10000000"}, 3),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": str(os.getpid())}, 3),
        ({"WATCHDOG_USEC": "10000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
    ],
)
def test_signs_of_life_come_twice_in_the_time_that_is_granted_if_it_is_us_who_is_watched(manager, asked, expected):
    above = Above({"NOTIFY_SOCKET": manager.address, **asked})
    for now in (100.0, 104.9, 105.0, 109.9, 110.0):
        above.alive(now)
    above.stopping()
    manager.wait_for("STOPPING=1")
    assert manager.said.count("WATCHDOG=1") == expected


@pytest.mark.parametrize("address", [None, "", "vsock:2:1234", "relative"])
def test_nothing_is_said_where_nobody_listens(address):
    with capture_logs() as logs:
        Above({} if address is None else {"NOTIFY_SOCKET": address}).ready()
    assert logs == []


def test_one_who_has_gone_is_no_error():
    manager = ServiceManager()
    manager.close()
    with capture_logs() as logs:
        Above({"NOTIFY_SOCKET": manager.address}).ready()
    assert [(entry["said"], entry["log_level"]) for entry in logs] == [("READY=1", "warning")]


def test_children_do_not_get_what_was_meant_for_us():
    assert without_variables(dict.fromkeys([*VARIABLES, "PATH"], "x")) == {"PATH": "x"}


def test_a_turn_that_hangs_gives_no_sign_of_life(manager):
    stop, hangs, go_on = threading.Event(), threading.Event(), threading.Event()
    turns = iter(range(10**9))

    def on_turn():
        if next(turns) == 3:
            hangs.set()
            go_on.wait(60)

    watch = Watch(on_reaped=lambda: None, on_turn=on_turn, signs=dict)
    above = Above({"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "2000"})
    supervisor = Supervisor(None, [], watch, ready=lambda: None, watchdogs={}, above=above)
    runner = threading.Thread(target=supervisor.run, args=(lambda _: stop.wait(0.01),))
    runner.start()
    assert hangs.wait(60)
    manager.wait_for("WATCHDOG=1", 3)
    above.ready()  # datagrams keep their order: what is heard by now is all that was said
    manager.wait_for("READY=1", 2)
    assert manager.said == ["READY=1", *["WATCHDOG=1"] * 3, "READY=1"]
    go_on.set()
    manager.wait_for("WATCHDOG=1", 4)
    stop.set()
    runner.join(20)
    manager.wait_for("STOPPING=1")
    assert manager.said[-1] == "STOPPING=1"
