"""The JSON shapes of INTERFACE section 7, from the store's rows. Public ids carry a prefix: alt_, sty_, dlv_, itm_."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.errors import ConfigurationError

if TYPE_CHECKING:
    from worker.cli.output import Row
    from worker.store.rows import AlertRow, ArchivedItem, DeliveryRow, FeedRow, SubscriberRow, WatchListRow
    from worker.watchlists.model import Hit


def number(public_id: str, prefix: str) -> int:
    """Return the number of a public id such as dlv_12; raise ConfigurationError for anything else."""
    head, _, digits = public_id.rpartition("_")
    if head not in {prefix, ""} or not (digits.isascii() and digits.isdigit()):
        raise ConfigurationError(f"{public_id!r} is no id of this kind; it looks like {prefix}_12")
    return int(digits)


