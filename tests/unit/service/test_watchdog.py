from worker.service.watchdog import Every, Watchdog

PATIENCE = 5.0


def looks(watchdog, moments):
    return [watchdog.overdue(tick, now=now) for now, tick in moments]


def test_ticks_that_come_keep_it_quiet():
    assert looks(Watchdog(("beat", "tick"), PATIENCE), [(float(n), n) for n in range(100)]) == [None] * 100


def test_processes_have_four_times_the_patience_to_come_up():
    found = looks(Watchdog(("beat", "tick"), PATIENCE), [(0.0, None), (19.0, None), (20.0, None)])
    assert found == [None, None, "beat"]


def test_a_standstill_restarts_beat_then_the_worker_that_ticks():
    watchdog = Watchdog(("beat", "tick"), PATIENCE)
    found = looks(watchdog, [(0.0, 1), (1.0, 2), (5.9, 2), (6.0, 2), (25.9, 2), (26.0, 2), (46.0, 2)])
    assert found == [None, None, None, "beat", None, "tick", "beat"]


def test_after_a_recovery_it_begins_anew():
    watchdog = Watchdog(("beat", "tick"), PATIENCE)
    looks(watchdog, [(0.0, 1), (1.0, 2), (6.0, 2)])
    assert looks(watchdog, [(8.0, 3), (13.0, 3)]) == [None, "beat"]


def test_every_says_yes_once_per_period():
    every = Every(5.0)
    assert [every.is_due(now) for now in (1.0, 2.0, 5.9, 6.0, 7.0)] == [True, False, False, True, False]


def test_what_has_just_been_started_may_come_up():
    watchdog = Watchdog(("beat", "tick"), PATIENCE)
    looks(watchdog, [(0.0, 1), (1.0, 2)])
    watchdog.expect_a_pause(now=5.0)
    assert looks(watchdog, [(24.9, 2), (25.0, 2)]) == [None, "beat"]
    looks(watchdog, [(26.0, 3)])
    assert looks(watchdog, [(30.9, 3), (31.0, 3)]) == [None, "beat"]
