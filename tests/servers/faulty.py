"""A role whose processes kill themselves at a step that a file names: `python -P faulty.py FOLDER worker -n NAME ...`.

It is what `python -m tasks worker` runs, with some methods wrapped. A file "before claim_due_feeds" in FOLDER says
where the next process to come by dies; the one that dies takes the file away. With "full" in it, it is meant for a call
"after" which there is something in hand. Whoever started the role starts a pool's process again: the worker itself.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEFORE, AFTER = "before", "after"
TICKING = ("release_lost", "claim_due_feeds", "claim_due_deliveries", "claim_unmatched", "record_tick")
POLLING = ("begin_polls", "known_items", "record_polls")
MATCHING = ("unmatched", "claim_keys", "open_stories", "fold", "record_hits", "record_alerts", "matching", "wake")
"""Steps in the match's transaction, then that itself (its commit), then the messages for what it planned."""
DELIVERING = ("begin_deliveries", "alerts_of", "send", "record_delivery")


class Faults:
    """The files of one folder; `give` is the test's side, `wrapped` and the rest that of the role."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def give(self, when: str, step: str, *, full: bool = False) -> None:
        """Let the next process that comes to `step` die."""
        (self._folder / f"{when} {step}").write_text("full" if full else "")

    def waiting(self) -> list[str]:
        """What nobody has died of yet."""
        return sorted(path.name for path in self._folder.iterdir())

    def meet(self, when: str, step: str, result: object = None) -> None:
        """Die here, if that is said."""
        fault = self._folder / f"{when} {step}"
        try:
            if fault.read_text() == "full" and not result:
                return
            fault.unlink()  # of several processes one alone succeeds
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def wrap(self, owner: Any, name: str, *, step: str | None = None) -> None:
        """Have a method, or a module's function, meet its fault before and after each call; `step`: not by its name."""
        method: Callable[..., Any] = getattr(owner, name)
        step = step or name

        @wraps(method)
        def faulty(*args: Any, **kwargs: Any) -> Any:
            self.meet(BEFORE, step)
            result = method(*args, **kwargs)
            self.meet(AFTER, step, result)
            return result

        setattr(owner, name, faulty)

    def wrap_transaction(self, owner: Any, step: str) -> None:
        """The same for a method that opens a transaction: before and after its commit."""
        method: Callable[..., Any] = getattr(owner, step)

        @contextmanager
        @wraps(method)
        def faulty(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with method(*args, **kwargs) as transaction:
                yield transaction
                self.meet(BEFORE, step)
            self.meet(AFTER, step)

        setattr(owner, step, faulty)


def main() -> int:
    """Wrap the steps of the real parts, then run the role."""
    from tasks import runtime  # noqa: PLC0415 - the test's side loads none of this
    from tasks.__main__ import main as run  # noqa: PLC0415
    from worker.channels.webhook import WebhookChannel  # noqa: PLC0415
    from worker.store.matching import Matching  # noqa: PLC0415
    from worker.store.store import Store  # noqa: PLC0415

    faults = Faults(Path(sys.argv[1]))
    for step in (*TICKING, *POLLING, "begin_matching", "begin_deliveries", "alerts_of", "record_delivery"):
        faults.wrap(Store, step)
    for step in ("unmatched", "claim_keys", "open_stories", "fold", "record_hits", "record_alerts"):
        faults.wrap(Matching, step)
    faults.wrap_transaction(Store, "matching")
    faults.wrap(runtime, "send", step="wake")
    faults.wrap(WebhookChannel, "send")
    return run(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
