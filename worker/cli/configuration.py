"""The configuration files: make them, check them, bring them into the database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from worker.records import Change

STARTER_FILES = ("settings.yaml", "feeds.yaml", "watchlists.yaml", "subscribers.yaml")


def init(directory: Annotated[Path, typer.Argument(metavar="[DIR]")] = FOLDER) -> None:
    """Write a commented starter configuration. Existing files are left as they are."""
    from importlib.resources import files

    directory.mkdir(parents=True, exist_ok=True)
    for name in STARTER_FILES:
        try:
            with (directory / name).open("x", encoding="utf-8") as target:
                target.write(files("config").joinpath(name).read_text(encoding="utf-8"))
        except FileExistsError:
            sys.stdout.write(f"kept     {directory / name}\n")
        else:
            sys.stdout.write(f"written  {directory / name}\n")


def check(
    config: Config = FOLDER,
    *,
    schema: Annotated[bool, typer.Option("--schema", help="Print a JSON Schema for editors.")] = False,
    json: Json = False,
) -> None:
    """Validate configuration and queries, without network and without a database."""
    from config.watchfile import json_schema
    from worker.cli.output import show_json
    from worker.configured import everything_of
    from worker.pipeline.sync import full_queries

    if schema:
        show_json(json_schema())
        return
    _, found = everything_of(config)
    full_queries(found)
    if json:
        show_json(
            {
                "feeds": len(found.feeds),
                "watch_lists": len(found.watch_lists),
                "subscribers": len(found.subscribers),
                "warnings": [str(problem) for problem in found.warnings],
            }
        )
        return
    for problem in found.warnings:
        sys.stdout.write(f"warning  {problem}\n")
    sys.stdout.write(
        f"{len(found.feeds)} feeds, {len(found.watch_lists)} watch lists, {len(found.subscribers)} subscribers: good\n"
    )


def plan(config: Config = FOLDER, *, json: Json = False) -> None:
    """Show the difference between the files and the database; change nothing."""
    from worker.configured import everything_of
    from worker.pipeline import sync
    from worker.wiring import engine

    settings, found = everything_of(config)
    with engine(settings) as opened:
        opened.store.wait_for_schema(timeout_s=0)
        changes = sync.plan(opened.store, found)
    _show(changes, as_json=json)


def apply(config: Config = FOLDER, *, json: Json = False) -> None:
    """Make the database equal to the files. Entries made on the page or by command are not touched."""
    from worker.configured import everything_of, log_to_stderr
    from worker.wiring import engine

    log_to_stderr()
    settings, found = everything_of(config)
    with engine(settings) as opened:
        opened.store.upgrade()
        changes = opened.apply(found)
    _show(changes, as_json=json)


def _show(changes: list[Change], *, as_json: bool) -> None:
    from dataclasses import asdict

    from worker.cli.output import show

    rows = [asdict(change) for change in changes]
    show(rows, ("action", "kind", "name", "detail"), as_json=as_json, empty="no changes")
