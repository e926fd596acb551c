"""Before a role begins: nothing may start on a wrong configuration, or before the database is ready for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tasks.app import config_folder, settings
from worker.configured import everything_of, handed_down
from worker.errors import ConfigurationError, StoreUnavailable
from worker.pipeline.sync import query_problems
from worker.wiring.patience import PATIENCE_S, wait_until_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.wiring import Engine


def begin_worker(patience_s: float = PATIENCE_S) -> None:
    """Have the schema there and the files applied, or say why not and exit: 2 wrong configuration, 3 no database.

    Under `up` the files were checked and applied when the service started. Whatever they say by now, a worker that is
    started anew works with the last good ones (INTERFACE 8.3); its first tick looks at them.
    """
    if handed_down():
        begin_beat(patience_s)
    else:
        _begin(lambda opened: opened.files.prepare(config_folder(), migrate=False), patience_s)


def begin_beat(patience_s: float = PATIENCE_S) -> None:
    """Have the schema there, or say why not and exit as `begin_worker` does."""
    _begin(lambda opened: opened.files.ready_schema(migrate=False), patience_s)


def _begin(prepare: Callable[[Engine], None], patience_s: float) -> None:
    try:
        if not handed_down():
            everything_of(config_folder(), check=query_problems)
        wait_until_ready(settings(), prepare, patience_s=patience_s)
    except ConfigurationError as error:
        _exit(2, error)
    except StoreUnavailable as error:
        _exit(3, error)


def _exit(code: int, error: Exception) -> None:
    sys.stderr.write(f"{error}\n")
    raise SystemExit(code) from None
