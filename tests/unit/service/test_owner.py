import os
import platform
import subprocess
import sys

from worker.owner import has_ended, is_gone, owner_name


def test_this_process_is_not_gone():
    assert not is_gone(owner_name())


def test_an_ended_process_is_gone():
    child = subprocess.run(
        [sys.executable, "-c", "from worker.owner import owner_name; print(owner_name())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert is_gone(child.stdout.strip())


def test_another_process_under_the_same_pid_is_not_the_owner():
    host, pid, started = owner_name().rsplit(":", 2)
    assert pid == str(os.getpid())
    assert is_gone(f"{host}:{pid}:{int(started) - 1}")


def test_a_process_that_nobody_has_collected_yet_is_gone():
    script = "import sys; from worker.owner import owner_name; print(owner_name(), flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        owner = child.stdout.readline().strip()
        assert not is_gone(owner)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(owner)


def test_processes_of_other_machines_are_left_to_their_leases():
    assert not is_gone("elsewhere.example:1:1")


def test_a_process_of_somebody_else_is_alive():
    host, _, _ = owner_name().rsplit(":", 2)
    init = f"{host}:1:0"
    assert is_gone(init)  # PID 1 lives, but began at another time


def test_a_process_that_the_system_hides_is_not_called_gone(monkeypatch):
    owner = owner_name()
    monkeypatch.setattr("worker.owner._stat", lambda _: [])  # as /proc looks with hidepid (proc(5))
    assert not is_gone(owner)


def test_of_what_was_heard_of_only_this_machine_s_can_be_known_to_have_ended():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
        assert has_ended(platform.node(), child.pid)
        assert not has_ended("elsewhere.example", child.pid)
    assert not has_ended(platform.node(), os.getpid())
