"""Poll now, in this process, without a broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.cli.output import Row
    from worker.pipeline.deliver import Delivered

FAILED = frozenset({"error", "backoff", "gone", "blocked"})
"""Outcomes of polls that brought nothing because something is wrong."""

ENDED_WELL = frozenset({"sent", "cancelled"})


def poll(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME_OR_URL]...",
            help="Feeds; without any: all but paused ones.",
            show_default=False,
            autocompletion=completing.feeds,
        ),
    ] = None,
    config: Config = FOLDER,
    *,
    due: Annotated[bool, typer.Option("--due", help="Only those that are due.")] = False,
    json: Json = False,
) -> None:
    """Poll feeds now; match and deliver too. One row a feed.

    Without names OPML lists are read first. Exit code 1 when a poll or a delivery failed, or a list cannot be followed.
    """
    from worker.cli.followed import tell_lists
    from worker.cli.hand import poll_by_hand
    from worker.cli.names import feeds_of
    from worker.cli.output import note, show
    from worker.cli.progress import progress
    from worker.cli.session import refuse, session
    from worker.cli.table import columns

    followed = True
    with session(config, wrong_files=refuse) as engine:
        if not names:
            with progress("reading OPML lists", None, late=True):
                engine.files.keep_lists(paths_only=True)
                engine.files.keep_lists()
            followed = tell_lists(engine.store.opml_lists_list())
        feeds = feeds_of(names or [], engine.store.feeds_list())
        if due or not names:
            feeds = [feed for feed in feeds if not feed.paused and feed.merged_into is None]
        if due:
            now = engine.clock.now()
            feeds = [feed for feed in feeds if feed.next_poll_at <= now and feed.state != "quarantined"]
        with progress("polling", len(feeds)) as answered:
            done = poll_by_hand(engine, feeds, force=not due, answered=answered)
        with progress("indexing", None, late=True):
            engine.upkeep.index()
    order = {feed.url: place for place, feed in enumerate(feeds)}
    rows = [row for _, row in sorted(done.rows, key=lambda one: order[one[0]])]
    shown = columns(
        "feed:16", "outcome", "status", "new_items", "known_items?", "alerts", "seconds?", "error:20", "note:20"
    )
    show(rows, shown, as_json=json, empty="no feed is due" if due else "there are no feeds")
    if any(row["outcome"] == "blocked" for row in rows):
        note(
            "what is blocked our own policy refuses; private addresses must be named in `fetch_allow` of settings.yaml"
        )
    _tell_deliveries(done.delivered)
    raise typer.Exit(1 if _failed(rows, done.delivered) or not followed else 0)


def _failed(rows: Sequence[Row], delivered: Sequence[Delivered]) -> bool:
    polls = any(row["outcome"] in FAILED for row in rows)
    return polls or any(one.record.state not in ENDED_WELL for one in delivered)


def _tell_deliveries(delivered: Sequence[Delivered]) -> None:
    """Count the messages that went out, and say of each other one what is wrong."""
    from worker.cli.output import note, plain

    sent = sum(one.record.state == "sent" for one in delivered)
    if sent:
        note(f"{sent} message{'' if sent == 1 else 's'} sent")
    for one in delivered:
        if one.record.state not in ENDED_WELL:
            again = f"; next try at {plain(one.record.due_at)}" if one.record.due_at is not None else ""
            note(f"dlv_{one.record.delivery} ({one.channel}) is {one.record.state}: {one.record.error}{again}")
