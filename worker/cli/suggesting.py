"""`tocsin watch suggest`: what a list might exclude, by what was marked as noise; how precise lists are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from worker.cli import completing
from worker.cli.options import FOLDER, Config, Json

if TYPE_CHECKING:
    from worker.cli.output import Row


def suggest(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The watch list.", autocompletion=completing.watch_lists)],
    config: Config = FOLDER,
    *,
    json: Json = False,
) -> None:
    """Suggest a term to exclude: in most alerts marked as noise within 30 days, and in no other.

    Alerts are marked by the links in messages, and by `tocsin alerts mark`.
    """
    from worker.cli.names import known_name
    from worker.cli.output import note, say, show_json
    from worker.cli.session import session
    from worker.text.tokens import words_of
    from worker.watchlists.suggesting import SUPPORT, suggestion

    with session(config) as engine:
        now = engine.clock.now()
        lists = {found.name: found for found in engine.store.watch_lists_list(now)}
        known_name("watch list", name, lists)
        told = engine.store.told_items(name, now=now)
    words = [(one.mark, frozenset(words_of(f"{one.title}\n{one.text}"))) for one in told]
    sought = {word for one in told for term in one.terms for word in words_of(term)}
    noise = [found for mark, found in words if mark == "noise"]
    found = suggestion(noise, [others for mark, others in words if mark != "noise"], sought=sought)
    if json:
        show_json(None if found is None else {"watch_list": name, **found._asdict()})
    elif found is None:
        note(
            f"nothing to suggest: no term stands in {SUPPORT} alerts marked as noise ({len(noise)} are) and in no other"
        )
    else:
        say(f"{found.term}: in {found.noise} of {found.noise_of} marked as noise, in none of {found.kept} others")
        if lists[name].managed_by == "file":
            note(f"to exclude it, write it under `exclude` of {name} in {config / 'watchlists.yaml'}")
        else:
            excluded = "".join(f" --exclude {term!r}" for term in (*lists[name].exclude, found.term))
            note(f"`tocsin watch edit {name!r}{excluded}` excludes it")


def marked(marks: tuple[int, int] | None) -> Row:
    """Return how precise a list is by the marks of 30 days, useful and noise; null where there are none."""
    useful, noise = marks or (0, 0)
    total = useful + noise
    return {"precision": round(useful / total, 3) if total else None, "marked_30d": total}
