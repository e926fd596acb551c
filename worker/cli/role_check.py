"""`tocsin status --role`: the health check of one container or unit. It looks, quickly, and changes nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from worker.cli.role_health import PARTS, WORK_OF_QUEUES, Seen, role_shape, troubles_of_role, well, work_of
from worker.errors import ConfigurationError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from pathlib import Path

    from config.values import Problem, Settings


def check(folder: Path, role: str | None, queues: str | None, *, json: bool) -> bool:
    """Print one line, or one JSON document, on how a role of this machine is; return whether it is well.

    Raises:
        ConfigurationError: There is no such role or queue.
    """
    from config.settings import read_settings
    from worker.cli.output import say, show_json
    from worker.cli.status import headline

    if role is None:
        raise ConfigurationError("--queues goes with --role worker")
    work = work_of(role, _asked(role, queues))
    # Whatever became wrong in the files, a service that runs has what was good when it started.
    found = read_settings(folder, os.environ)
    seen: Seen | None = None
    try:
        seen, now = _look(found.settings, found.problems, PARTS[role])
        wrong = troubles_of_role(seen, work, now=now, tick=found.settings.tick)
    except StoreUnavailable as error:
        wrong = [" ".join(str(error).split())]
    if json:
        show_json(role_shape(role, seen, wrong))
    elif wrong or seen is None:
        say(f"{headline(well=False)}: {'; '.join(wrong)}")
    else:
        say(f"{headline(well=True)}: {well(seen, work, now=now)}")
    return not wrong


def _asked(role: str, queues: str | None) -> Sequence[str] | None:
    from worker.cli.names import known_name

    known_name("role", role, PARTS)
    if queues is None:
        return None
    if role != "worker":
        raise ConfigurationError("--queues goes with --role worker")
    return [known_name("queue", name.strip(), WORK_OF_QUEUES) for name in queues.split(",")]


def _look(settings: Settings, problems: Sequence[Problem], parts: Collection[str]) -> tuple[Seen, datetime]:
    """Return what the database says of these roles, and its time.

    The store alone is opened: to load the whole engine takes twice as long, and that every half minute.

    Raises:
        StoreUnavailable: There is no database yet, or it does not answer, or its schema is of another age.
    """
    from worker.cli.session import file_of, is_embedded
    from worker.pipeline.claim import manners_of
    from worker.store import StoreClock, open_store

    if is_embedded(settings) and not file_of(settings).is_file():
        raise StoreUnavailable(str(problems[0]) if problems else f"database {file_of(settings)}: there is none yet")
    store = open_store(settings.resolved_database_url, pool_size=1)
    try:
        store.require_schema()
        now = StoreClock(store).now()
        heard = {part: store.last_heard(part) for part in parts}
        return Seen(heard, store.last_tick(), store.ages(now=now, manners=manners_of(settings))), now
    finally:
        store.close()
