"""Children are real processes here: short Python programs."""

import os
import signal
import sys
import threading
import time

import pytest
from structlog.testing import capture_logs

from worker.service.child import Child, Role
from worker.service.notify import Above
from worker.service.supervisor import Supervisor, Watch
from worker.service.watchdog import Watchdog

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def child(script, name="thing"):
    return Child(Role("worker", name, [sys.executable, "-c", script], {"PATH": os.environ["PATH"]}))


def eventually(check, seconds=20):
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def sleeper():
    sleeper = child(SLEEP)
    sleeper.start()
    yield sleeper
    sleeper.kill()


def test_a_running_child_has_a_pid_and_nothing_to_reap(sleeper):
    assert sleeper.pid
    assert sleeper.reap() is None
    assert not sleeper.restart_if_due()


def test_a_killed_child_is_reaped_and_started_again_at_once(sleeper):
    pid = sleeper.pid
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: sleeper.reap() == pid)
    assert sleeper.pid is None
    assert sleeper.restart_if_due()
    assert sleeper.pid != pid


def test_a_child_that_cannot_live_waits_before_it_is_tried_again():
    failing = child("raise SystemExit(3)")
    with capture_logs() as logs:
        for _ in range(3):
            failing.start()
            eventually(failing.reap)
        assert not failing.restart_if_due()
    assert [entry["restart_in_s"] for entry in logs if entry["event"] == "ended"] == [0.0, 0.0, 1.0]


def test_a_child_stops_when_asked(sleeper):
    pid = sleeper.pid
    sleeper.ask_to_stop()
    sleeper.wait(time.monotonic() + 10)
    assert sleeper.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_child_that_does_not_stop_in_time_is_killed():
    deaf = child(DEAF)
    deaf.start()
    pid = deaf.pid
    deaf.ask_to_stop()
    deaf.wait(time.monotonic() + 0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_asking_waiting_and_killing_without_a_process_does_nothing():
    idle = child(SLEEP)
    idle.ask_to_stop()
    idle.wait(time.monotonic())
    idle.kill()
    assert idle.reap() is None


def test_the_supervisor_restarts_the_dead_and_stops_all():
    stop = threading.Event()
    reaped = []
    children = [child(SLEEP, "one"), child(SLEEP, "two")]
    broker = Child(Role("broker", "broker", [sys.executable, "-c", SLEEP], {}))
    turns = iter(range(10**9))
    watch = Watch(on_reaped=lambda: reaped.append(True), on_turn=lambda: None, signs=lambda: {"tick": next(turns)})
    supervisor = Supervisor(
        broker, children, watch, ready=lambda: None, watchdogs={"tick": Watchdog(("two",), 60)}, above=Above({})
    )
    runner = threading.Thread(target=supervisor.run, args=(stop.wait,))
    runner.start()
    eventually(lambda: len(supervisor.pids.get("worker", [])) == 2)
    first = children[0].pid
    os.kill(first, signal.SIGKILL)
    eventually(lambda: reaped and children[0].pid not in {None, first})
    assert len(supervisor.pids["broker"]) == 1
    stop.set()
    runner.join(20)
    assert supervisor.pids == {}


def test_the_supervisor_restarts_what_no_longer_ticks():
    stop = threading.Event()
    beat = Child(Role("beat", "beat", [sys.executable, "-c", SLEEP], {}))
    watch = Watch(on_reaped=lambda: None, on_turn=lambda: None, signs=lambda: {"tick": "never again"})
    supervisor = Supervisor(
        None, [beat], watch, ready=lambda: None, watchdogs={"tick": Watchdog(("beat",), 0.1)}, above=Above({})
    )
    runner = threading.Thread(target=supervisor.run, args=(stop.wait,))
    runner.start()
    eventually(lambda: beat.pid)
    first = beat.pid
    eventually(lambda: beat.pid not in {None, first})
    stop.set()
    runner.join(20)


def test_nothing_is_started_anew_for_ticks_that_cannot_come():
    stop = threading.Event()
    asked = threading.Event()
    beat = Child(Role("beat", "beat", [sys.executable, "-c", SLEEP], {}))
    watch = Watch(
        on_reaped=lambda: None,
        on_turn=lambda: None,
        signs=lambda: {"tick": "never again"},
        can_work=lambda: bool(asked.set()),
    )
    supervisor = Supervisor(
        None, [beat], watch, ready=lambda: None, watchdogs={"tick": Watchdog(("beat",), 0.05)}, above=Above({})
    )
    runner = threading.Thread(target=supervisor.run, args=(stop.wait,))
    runner.start()
    eventually(lambda: beat.pid)
    first = beat.pid
    assert asked.wait(20)
    assert beat.pid == first
    stop.set()
    runner.join(20)


def test_what_a_foreign_program_says_goes_to_its_file(tmp_path):
    words = tmp_path / "words.log"
    script = "import sys; print('out'); print('err', file=sys.stderr)"
    speaker = Child(Role("broker", "broker", [sys.executable, "-c", script], {}, words))
    for _ in range(2):
        speaker.start()
        eventually(speaker.reap)
    assert sorted(words.read_text().split()) == ["err", "err", "out", "out"]


def test_what_children_print_goes_nowhere_and_what_they_complain_of_to_us(capfd):
    speaker = child("import sys; print('printed'); print('complained', file=sys.stderr)")
    with capture_logs():
        speaker.start()
        eventually(speaker.reap)
    assert capfd.readouterr() == ("", "complained\n")
