from __future__ import annotations

import gc

from worker.memory import making_much_that_stays


def test_the_collector_waits_and_goes_on() -> None:
    with making_much_that_stays():
        assert not gc.isenabled()
        with making_much_that_stays():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
