"""The caps as DESIGN 4.7 and the documentation have them: what nobody sets is what everybody gets."""

from __future__ import annotations

from worker.fetch.model import MIB, FetchLimits, WireLimits


def test_what_one_fetch_may_cost_unless_somebody_says_otherwise() -> None:
    fetch, wire = FetchLimits(), WireLimits()
    assert (wire.connect_seconds, fetch.total_seconds) == (5, 20)
    assert (wire.head, fetch.raw_body, fetch.decoded_body) == (64 << 10, 10 * MIB, 20 * MIB)
    assert fetch.redirects == 10
    # Waiting for room is not the server's time, but it ends too.
    assert fetch.total_seconds + fetch.hold.patience_seconds < 30
