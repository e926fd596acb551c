"""The configuration files: make them, check them, bring them into the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from config.values import Configuration, Problem, Settings
    from worker.records import Change

STARTER_FILES = ("settings.yaml", "feeds.yaml", "watchlists.yaml", "subscribers.yaml")


def init(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", show_default=False, help="Default: as --config.")
    ] = None,
    config: Config = FOLDER,
) -> None:
    """Write a commented starter configuration; never overwrite."""
    from importlib.resources import files

    from worker.cli.output import note, say
    from worker.errors import ConfigurationError

    folder = directory or config
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in STARTER_FILES:
            try:
                with (folder / name).open("x", encoding="utf-8") as target:
                    target.write(files("config").joinpath(name).read_text(encoding="utf-8"))
            except FileExistsError:
                say(f"kept     {folder / name}")
            else:
                say(f"written  {folder / name}")
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {error.strerror}") from error
    option = "" if folder == FOLDER else f" --config {folder}"
    note(f"next: edit them, then `tocsin check{option}` and `tocsin up{option}`")


def check(
    config: Config = FOLDER,
    *,
    schema: Annotated[bool, typer.Option("--schema", help="Print a JSON Schema for editors.")] = False,
    json: Json = False,
) -> None:
    """Validate files and queries; no network, no database."""
    from config.watchfile import json_schema
    from worker.cli.doubts import doubts, doubts_of_sender
    from worker.cli.output import say, show_json
    from worker.cli.refused import doubts_of_addresses
    from worker.cli.session import read
    from worker.wiring import check_settings

    if schema:
        show_json(json_schema())
        return
    settings, found = read(config)
    check_settings(settings)
    warnings = [
        *(*found.warnings, *doubts_of_sender(settings, found), *doubts_of_addresses(settings, found)),
        *(*doubts(found), *_missing_lists(found)),
    ]
    if json:
        counts = {
            "feeds": found.feeds,
            "opml_lists": found.opml,
            "watch_lists": found.watch_lists,
            "subscribers": found.subscribers,
        }
        sizes = {kind: len(lines) for kind, lines in counts.items()}
        show_json({**sizes, "warnings": [str(problem) for problem in warnings]})
        return
    for problem in warnings:
        say(f"warning  {problem}")
    say(f"{_summary(found)}: no mistakes")


def plan(config: Config = FOLDER, *, json: Json = False) -> None:
    """Show what `apply` would change in the database."""
    from worker.cli.session import read
    from worker.configured import log_to_stderr

    log_to_stderr(quiet=True)
    settings, found = read(config)
    warn(found)
    _show(_changes(settings, found), as_json=json)


def apply(config: Config = FOLDER, *, json: Json = False) -> None:
    """Make the database equal to the files.

    Entries made on the page or by command are not touched.
    """
    from worker.cli.followed import tell_lists
    from worker.cli.progress import progress
    from worker.cli.session import read
    from worker.configured import log_to_stderr
    from worker.wiring import engine

    log_to_stderr(quiet=True)
    settings, found = read(config)
    warn(found)
    with engine(settings) as opened, progress("applying the files", None, late=True):
        opened.store.upgrade()
        changes = opened.files.apply(found)
        lists = opened.store.opml_lists_list()
    _show(changes, as_json=json)
    tell_lists(lists)


def _missing_lists(found: Configuration) -> list[Problem]:
    """Warn of OPML lists that lie at no path."""
    from config.rules import is_address
    from config.values import Mark, Problem

    return [
        Problem(line.mark or Mark("-", 1, 1), f"there is no file {line.source} that can be read")
        for line in found.opml
        if not is_address(line.source) and not (os.access(line.source, os.R_OK) and Path(line.source).is_file())
    ]


def warn(found: Configuration) -> None:
    """Say what is doubtful in the files, as every command that starts or changes something by them does.

    That the operator has no page of their own yet is for `check` alone to say.
    """
    from config.settings import CONTACT_WARNING
    from worker.cli.output import note

    for problem in found.warnings:
        if problem.message != CONTACT_WARNING:
            note(f"warning  {problem}")


def _changes(settings: Settings, found: Configuration) -> list[Change]:
    """Compare; an embedded database that is not there yet is an empty one, and is not made by looking."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from worker.cli.output import note
    from worker.cli.progress import progress
    from worker.cli.session import file_of, is_embedded
    from worker.pipeline import sync
    from worker.pipeline.effects import MOST, with_effects
    from worker.wiring import engine

    if is_embedded(settings) and not file_of(settings).exists():
        with TemporaryDirectory(prefix="tocsin-plan-") as folder:
            empty = replace(settings, database_url=f"sqlite:///{folder}/empty.db")
            with engine(empty) as opened:
                opened.store.upgrade()
                return sync.plan(opened.store, found)
    with engine(settings) as opened, progress("comparing", None, late=True):
        opened.store.require_schema()
        effects = with_effects(opened.store, sync.plan(opened.store, found), found, now=opened.clock.now())
    if effects.untold:
        lists = "1 list" if effects.untold == 1 else f"{effects.untold} lists"
        note(f"what {lists} more would have found was not looked for: it is told of the first {MOST} that change")
    return effects.changes


def _show(changes: list[Change], *, as_json: bool) -> None:
    from dataclasses import asdict

    from worker.cli.output import show
    from worker.cli.table import columns

    rows = [asdict(change) for change in changes]
    show(rows, columns("action", "kind", "name:16", "detail:16"), as_json=as_json, empty="no changes")


def _summary(found: Configuration) -> str:
    counts = [
        (len(found.feeds), "feed"),
        *([(len(found.opml), "OPML list")] if found.opml else []),
        (len(found.watch_lists), "watch list"),
        (len(found.subscribers), "subscriber"),
    ]
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
