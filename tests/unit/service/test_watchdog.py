from worker.service.supervisor import Watchdog

PATIENCE = 5.0


def looks(watchdog, moments):
    return [watchdog.overdue(tick, now=now) for now, tick in moments]


def test_ticks_that_come_keep_it_quiet():
    assert looks(Watchdog(PATIENCE), [(float(n), n) for n in range(100)]) == [()] * 100


def test_processes_have_four_times_the_patience_to_come_up():
    found = looks(Watchdog(PATIENCE), [(0.0, None), (19.0, None), (20.0, None)])
    assert found == [(), (), ("beat",)]


def test_a_standstill_restarts_beat_then_the_worker_that_ticks():
    watchdog = Watchdog(PATIENCE)
    found = looks(watchdog, [(0.0, 1), (1.0, 2), (5.9, 2), (6.0, 2), (25.9, 2), (26.0, 2), (46.0, 2)])
    assert found == [(), (), (), ("beat",), (), ("deliver",), ("beat",)]


def test_after_a_recovery_it_begins_anew():
    watchdog = Watchdog(PATIENCE)
    looks(watchdog, [(0.0, 1), (1.0, 2), (6.0, 2)])
    assert looks(watchdog, [(8.0, 3), (13.0, 3)]) == [(), ("beat",)]
