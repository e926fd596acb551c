"""`tocsin up`: the whole service in one process tree."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TextIO

import structlog

from worker.configured import for_children
from worker.errors import BrokerUnavailable
from worker.feeds.links import without_userinfo
from worker.service import broker
from worker.service.child import Child, Role
from worker.service.notify import Above, without_variables
from worker.service.outage import Outage
from worker.service.supervisor import Supervisor, Watch
from worker.service.watchdog import Every, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from config.values import Settings
    from worker.records import AlertLine, Waiting

log = structlog.get_logger(__name__)

HEARTBEAT_S = 5.0
WAITING_S = 30.0
"""The oldest due work, and the youngest lease of what is in hand, may both be the same for so long: leases are renewed
all the time where anybody works, however slow the servers are."""
HEARD_WITHIN_S = 30.0
"""The web role, which tells of itself every few seconds, may be silent for so long."""
BROKER_READY_S = 10.0
BROKER_WORDS = "broker.log"
"""File in the data folder: what the embedded broker says is advice on servers of its kind, not news of Tocsin."""

LONGEST_TITLE = 200


class Announced(Protocol):
    """The alerts and updates that `up` prints a line for."""

    def due(self) -> Sequence[AlertLine]:
        """Alerts, then updates, that have had no line yet."""

    def made(self, line: AlertLine) -> None:
        """Remember that lines of its kind up to this one have been printed."""


class Core(Protocol):
    """What `up` asks of the engine."""

    def heartbeat(self, role: str, pid: int) -> None:
        """Write that a process is alive."""

    def release_gone(self, *, counted: bool) -> int:
        """Free the leases of processes that are gone."""

    def last_tick(self) -> object:
        """A value that changes with every tick."""

    def waiting(self) -> tuple[Waiting, Waiting]:
        """What of feeds and of deliveries has been due the longest, and what is in hand."""
        ...

    def last_heard(self, role: str) -> object:
        """A value that changes with every heartbeat of a role on this machine."""

    @property
    def announcements(self) -> Announced:
        """Which alerts have had their line."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What `up` runs.

    Attributes:
        config: The absolute folder of configuration files.
        extra: Further roles (the demo's).
        web: The number of the socket that the web role listens on; None: it does not run.
    """

    settings: Settings
    config: Path
    concurrency: int
    extra: Sequence[Role] = ()
    web: int | None = None


def roles(plan: Plan, environ: Mapping[str, str]) -> tuple[Role | None, list[Role]]:
    """Return the broker's role, or None where one is configured, and the others in the order of their start.

    Four workers, so that neither feeds that nobody knows yet, or that take long, nor receivers that hang can hold up
    the others, and nothing the tick.
    Secrets travel in the environment.
    """
    environ = without_variables(environ)
    env = {
        **environ,
        **for_children(replace(plan.settings, data_dir=plan.settings.data_dir.absolute())),
        "TOCSIN_CONFIG": str(plan.config),
        "PYTHONUNBUFFERED": "1",
    }
    # -P: the current directory may hold folders named like our packages.
    tasks = [sys.executable, "-P", "-m", "tasks"]

    def worker(name: str, queues: str, concurrency: int) -> Role:
        node = f"{name}-{os.getpid()}@%h"
        command = [*tasks, "worker", "-Q", queues, "-n", node, "--concurrency", str(concurrency)]
        return Role("worker", name, command, env)

    ours = plan.settings
    broker_role = None
    if ours.broker_url == "embedded":
        words = ours.data_dir / BROKER_WORDS
        broker_role = Role("broker", "broker", broker.command(ours.data_dir), environ, words)
    return broker_role, [
        *(replace(role, env=without_variables(role.env)) for role in plan.extra),
        worker("poll", "poll", plan.concurrency),
        worker("new", "new,slow", 2),
        worker("deliver", "deliver", 2),
        worker("tick", "tick,upkeep", 1),
        Role("beat", "beat", [*tasks, "beat"], env),
        *([] if plan.web is None else [_web(plan.web, env)]),
    ]


def _web(listener: int, env: Mapping[str, str]) -> Role:
    command = [sys.executable, "-P", "-m", "worker.web", "--fd", str(listener)]
    return Role("web", "web", command, env, kept=(listener,))


class Up:
    """The running service: children, heartbeats, alert lines."""

    def __init__(self, plan: Plan, core: Core, *, out: TextIO) -> None:
        broker_role, others = roles(plan, os.environ)
        self._settings = plan.settings
        self._has_web = plan.web is not None
        self._core = core
        self._out = out
        self._hearts = Every(HEARTBEAT_S)
        self._database = Outage("the database")
        self._supervisor = Supervisor(
            Child(broker_role) if broker_role is not None else None,
            [Child(role) for role in others],
            Watch(
                on_reaped=self._on_reaped,
                on_turn=self._on_turn,
                signs=self._signs,
                can_work=lambda: not self._database.lasts and self._broker_answers(),
            ),
            ready=self._wait_for_broker,
            watchdogs={
                "tick": Watchdog(("beat", "tick"), max(5.0, 3 * plan.settings.tick.total_seconds())),
                "polls": Watchdog(("poll", "new"), WAITING_S),
                "deliveries": Watchdog(("deliver",), WAITING_S),
                "web": Watchdog(("web",), HEARD_WITHIN_S),
            },
            above=Above(os.environ),
        )

    def run(self, stop: Callable[[float], bool]) -> None:
        """Run until `stop(seconds)` says yes, then drain and stop everything; BrokerUnavailable without its broker."""
        if self._settings.broker_url == "embedded":
            broker.wait_gone(self._settings.data_dir, timeout=BROKER_READY_S)
        self._supervisor.run(stop)
        self._announce()

    def _wait_for_broker(self) -> None:
        if self._settings.broker_url != "embedded":
            return
        try:
            broker.wait_ready(self._settings.data_dir, timeout=BROKER_READY_S)
        except BrokerUnavailable as error:
            # A power cut can leave a file that no server reads. It holds wake-ups only: the sweep makes them again.
            words = self._settings.data_dir / BROKER_WORDS
            log.warning("the broker does not come up, its file is set aside", error=str(error), see=str(words))
            broker.set_aside(self._settings.data_dir)
            self._supervisor.restart_broker()
            broker.wait_ready(self._settings.data_dir, timeout=BROKER_READY_S)

    def _broker_answers(self) -> bool:
        return broker.answers(self._settings.broker_url, self._settings.data_dir)

    def _on_reaped(self) -> None:
        with self._database.endured():
            self._core.release_gone(counted=True)

    def _on_turn(self) -> None:
        self._announce()
        if self._hearts.is_due(time.monotonic()):
            with self._database.endured():
                self._heartbeats()

    def _heartbeats(self) -> None:
        self._core.heartbeat("up", os.getpid())
        for pid in self._supervisor.pids.get("broker", []):
            self._core.heartbeat("broker", pid)

    def _signs(self) -> Mapping[str, object]:
        signs: Mapping[str, object] = {}  # while the database is away nobody can tell, and nobody is started anew
        with self._database.endured():
            feeds, deliveries = self._core.waiting()
            signs = {
                "tick": self._core.last_tick(),
                # Nothing waits: a sign that is new at every look.
                "polls": feeds if feeds.since is not None else object(),
                "deliveries": deliveries if deliveries.since is not None else object(),
                "web": self._core.last_heard("web") if self._has_web else object(),
            }
        return signs  # noqa: RET504 - what is endured may have been no return

    def _announce(self) -> None:
        """Print one line per alert, whatever the channels (INTERFACE 1), and one per update."""
        with self._database.endured():
            for line in self._core.announcements.due():
                self._out.write(shown(line) + "\n")
                self._out.flush()
                self._core.announcements.made(line)


def shown(line: AlertLine) -> str:
    """Return 'ALERT <list>: <title> <link>', or 'UPDATE <list>: corrected: <title> <link>', without userinfo."""
    title = " ".join(line.title.split())[:LONGEST_TITLE]
    told = f"ALERT {line.watch_list}:" if line.update is None else f"UPDATE {line.watch_list}: {line.update}:"
    return f"{told} {title} {without_userinfo(line.link or '')}".rstrip()
