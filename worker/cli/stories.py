"""Stories: list, show, split, merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json, Limit

if TYPE_CHECKING:
    from worker.store.store import Store
    from worker.store.story_rows import ReportRow, StoryRow

app = typer.Typer()

LONGEST_DAYS = 36_500
Story = Annotated[str, typer.Argument(metavar="STORY", help="As `stories list` shows it: sty_4.")]


@app.callback()
def stories() -> None:
    """Look at stories, and put right what was folded wrongly."""


@app.command("list")
def list_stories(
    config: Config = FOLDER,
    *,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, metavar="N", help="How far back to look.")] = 7,
    reports: Annotated[int, typer.Option(min=1, metavar="N", help="Only those with so many reports.")] = 1,
    limit: Limit = 100,
    json: Json = False,
) -> None:
    """List stories, the one reported last first."""
    from datetime import timedelta

    from worker.cli.output import show
    from worker.cli.session import session
    from worker.cli.story_rows import story_row
    from worker.cli.table import columns

    with session(config) as engine:
        now, window = engine.clock.now(), engine.settings.story_window
        found = engine.store.stories_list(since=now - timedelta(days=days), limit=limit, least_reports=reports)
        rows = [story_row(story, now=now, window=window) for story in found]
    shown = columns("id", "state", "reports", "independent_reports?", "wire:8?", "last_seen", "title:24", "link:20?")
    show(rows, shown, as_json=json, empty="no stories yet")


@app.command("show")
def show_story(story: Story, config: Config = FOLDER, *, json: Json = False) -> None:
    """Show a story: who reports it, how each report came into it, and what was corrected."""
    from worker.cli.output import say, show_json, terminal_width
    from worker.cli.rows import number
    from worker.cli.session import session
    from worker.cli.story_rows import story_lines, whole_story

    with session(config) as engine:
        found, reports = _found(engine.store, number(story, "sty"))
        now, window = engine.clock.now(), engine.settings.story_window
    if json:
        show_json(whole_story(found, reports, now=now, window=window))
        return
    say("\n".join(story_lines(found, reports, now=now, window=window, width=terminal_width())))


@app.command()
def split(
    story: Story,
    items: Annotated[
        list[str],
        typer.Argument(metavar="ITEM...", help="Reports to take out: itm_12, as `stories show` has it, or a link."),
    ],
    config: Config = FOLDER,
) -> None:
    """Take reports out of a story they do not belong to; together they are a story of their own from now on.

    Nobody is told again of what was told; the new story tells what comes later.
    """
    from worker.cli.output import say
    from worker.cli.rows import number
    from worker.cli.session import session
    from worker.pipeline.regroup import split as split_story

    of = number(story, "sty")
    with session(config) as engine:
        chosen = [item for name in items for item in _items(engine.store, name, of)]
        now = engine.clock.now()
        made = engine.store.retrying(lambda: split_story(engine.store, of, chosen, now=now))
    say(f"sty_{made} has {_reports(len(set(chosen)))} of sty_{of} now")


@app.command()
def merge(
    kept: Annotated[str, typer.Argument(metavar="STORY", help="The one that keeps its id: sty_4.")],
    others: Annotated[list[str], typer.Argument(metavar="STORY...", help="Those that it takes in.")],
    config: Config = FOLDER,
) -> None:
    """Join stories that are one: the first has all reports from now on. Nobody is told again."""
    from worker.cli.output import say
    from worker.cli.rows import number
    from worker.cli.session import session
    from worker.pipeline.regroup import merge as merge_stories

    into, joined = number(kept, "sty"), [*dict.fromkeys(number(other, "sty") for other in others)]
    with session(config) as engine:
        now = engine.clock.now()
        engine.store.retrying(lambda: merge_stories(engine.store, into, joined, now=now))
        found, _ = _found(engine.store, into)
    say(f"sty_{into} has {_reports(found.reports)} now")


def _found(store: Store, story: int) -> tuple[StoryRow, list[ReportRow]]:
    from worker.errors import ConfigurationError

    found = store.story(story)
    if found is None:
        raise ConfigurationError(f"there is no story sty_{story}; `tocsin stories list` shows them")
    return found


def _items(store: Store, name: str, story: int) -> list[int]:
    """The reports of a story that a person means: one by its id, or all with a link."""
    from worker.cli.rows import number
    from worker.errors import ConfigurationError
    from worker.feeds.links import without_userinfo

    if "://" not in name:
        return [number(name, "itm")]
    linked = [
        report.id
        for report in _found(store, story)[1]
        if report.link is not None and name in {report.link, without_userinfo(report.link)}
    ]
    if not linked:
        raise ConfigurationError(f"no report of sty_{story} has the link {name}")
    return linked


def _reports(count: int) -> str:
    return "1 report" if count == 1 else f"{count} reports"
