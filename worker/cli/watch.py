"""Watch lists: list, add, remove; changing and importing them have files of their own."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli import completing
from worker.cli.explain import explain
from worker.cli.linting import lint
from worker.cli.options import FOLDER, Config, Json
from worker.cli.preview import preview
from worker.cli.suggesting import suggest
from worker.cli.watch_editing import edit
from worker.cli.watch_import import import_

app = typer.Typer()


@app.command("list")
def list_watch_lists(config: Config = FOLDER, *, json: Json = False) -> None:
    """List all watch lists with their matches of the last 7 days."""
    from worker.cli.output import note, show
    from worker.cli.rows import watch_list_row
    from worker.cli.session import session
    from worker.cli.suggesting import marked
    from worker.cli.table import columns
    from worker.watchlists.naming import countries_named

    with session(config) as engine:
        now = engine.clock.now()
        lists = engine.store.watch_lists_list(now)
        marks = engine.store.marks(now=now)
    rows = [
        watch_list_row(found) | marked(marks.get(found.name)) | ({} if json else {"feeds": found.feeds})
        for found in lists
    ]
    shown = columns(
        *(
            "name:12",
            "state",
            "broken_why:16?",
            "feeds:8?",
            "matches_7d",
            "precision?",
            "alert?",
            "subscribers:10",
            "managed_by?",
        ),
        *("languages:8?", "exclude:12?", "query:20"),
    )
    show(rows, shown, as_json=json, empty="there are no watch lists; `tocsin watch add NAME QUERY` adds one")
    if not json:
        countries = {code: names for found in lists for code, names in countries_named(found.query).items()}
        for code, names in countries.items():
            note(f"country:{code} is {', '.join(names)} ...")


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The list is known by it.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Such as '(ukraine OR kyiv) -football'.")],
    config: Config = FOLDER,
    *,
    notify: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUBSCRIBER", help="Who hears of it; may be repeated.", autocompletion=completing.subscribers
        ),
    ] = None,
    when: Annotated[
        str,
        typer.Option(
            metavar="W",
            help="immediately, hourly, 'daily at 08:00' or 'weekly on monday at 08:00', by the subscriber's clock.",
            autocompletion=completing.schedules,
        ),
    ] = "immediately",
    break_through: Annotated[
        str | None,
        typer.Option(metavar="K", help="Stories with so many independent reports pass quiet hours and the limit."),
    ] = None,
    at_most: Annotated[
        str | None,
        typer.Option(
            metavar="LIMIT", help="`30 per hour`, which is the default, or `none`.", autocompletion=completing.limits
        ),
    ] = None,
    alert: Annotated[
        str,
        typer.Option(
            metavar="MODE",
            help="`first`: a story is told once; `updates`: also when it is corrected or gains an independent report; "
            "`every`: also at each further report.",
            autocompletion=completing.modes,
        ),
    ] = "first",
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="TERM", help="A term that must not appear; may be repeated.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="Only feeds with one of these tags; may be repeated.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", help="Only items in one of these languages, such as en or pt-BR; may be repeated."
        ),
    ] = None,
) -> None:
    """Watch for a query, from now on. Without --notify it tells the only subscriber."""
    from functools import partial

    from worker.cli.lines import watch_list_line
    from worker.cli.linting import known_feeds, warn_of_doubts
    from worker.cli.names import who_hears
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.errors import ConfigurationError
    from worker.watchlists.canonical import query_of

    # What is wrong with the query or an option needs no database to be told; who is told does.
    full = query_of((), tuple(exclude or ()), query)
    line_telling = partial(
        watch_list_line,
        name,
        query,
        exclude=exclude or [],
        tags=tag or [],
        languages=language or [],
        when=when,
        at_most=at_most,
        break_through=break_through,
        alert=alert,
    )
    name = line_telling(notify or ["anybody"]).name
    with session(config) as engine:
        lists = {found.name: found for found in engine.store.watch_lists_list(engine.clock.now())}
        if name in lists:
            by = lists[name].managed_by
            raise ConfigurationError(f"watch list {name!r} is there already (managed by {by})")
        told = who_hears(notify, [subscriber.name for subscriber in engine.store.subscribers_list()])
        line = line_telling(told)
        engine.store.add_watch_list(line, full, now=engine.clock.now())
        feeds = known_feeds(engine)
    say(f"added {line.name}, which tells {', '.join(told)}: {full}")
    warn_of_doubts(line, full, feeds)


app.command()(edit)
app.command()(lint)
app.command("import")(import_)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", autocompletion=completing.watch_lists)], config: Config = FOLDER
) -> None:
    """Remove a watch list; its pending deliveries are cancelled, its history stays."""
    from worker.cli.names import known_name
    from worker.cli.output import say
    from worker.cli.session import session
    from worker.errors import ConfigurationError

    with session(config) as engine:
        now = engine.clock.now()
        lists = {found.name: found for found in engine.store.watch_lists_list(now)}
        known_name("watch list", name, lists)
        if lists[name].managed_by == "file":
            place = config / "watchlists.yaml"
            raise ConfigurationError(f"{name} is managed by file and would come back: take it out of {place}")
        engine.store.remove_watch_list(name, now=now)
    say(f"removed {name}")


app.command()(explain)
app.command()(preview)
app.command()(suggest)
