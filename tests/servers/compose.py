"""What `docker compose` does with our file, without an engine: every container is a process of this machine.

What is held for real: commands, environment, the order of the start and its conditions, health checks, the order and the
time of the end; where we are root also users, host names, and that nothing is written but to volumes and tmpfs. What is
not: images (see `containers.py`), file systems and networks of their own, restarts.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING, Literal

from servers.compose_file import ComposeError, ComposeFile, Service, read
from servers.containers import Container, Containers
from servers.dockerfile import image

if TYPE_CHECKING:
    from collections.abc import Mapping
    from signal import Signals
    from types import TracebackType
    from typing import Self

COMPLETES_S = 120.0
"""So long a service that others wait for may take to its end, and a command that is run in one."""
QUICKER = 20.0
"""Health checks come so much oftener than the file says; all other spans are upper bounds, and are kept."""

Health = Literal["healthy", "unhealthy"]


class Compose:
    """One project: write into `project`, then `up`. A context manager; nothing is left behind it.

    Attributes:
        project: The folder in which a user would say `docker compose`: `config` and `.env` lie there.
        confined: See `Containers`.
    """

    def __init__(self, file: Path, *, environ: Mapping[str, str] | None = None) -> None:
        self._file = file
        self._environ = {} if environ is None else environ
        # Not in pytest's folder, which is closed to other users; and the path of a socket must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="tocsin-compose-", dir="/tmp"))
        self._folder.chmod(0o755)
        self.project = self._folder / "project"
        (self.project / "config").mkdir(parents=True)
        self._containers: dict[str, Container] = {}
        self._made = Containers(self._folder, self.project, image(file.with_name("Dockerfile")))
        self.confined = self._made.confined

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for container in reversed(self._containers.values()):
            if container.process is not None:
                container.process.stop(SIGKILL)
        shutil.rmtree(self._folder)

    # --- what a user says ---------------------------------------------------------------------------------------------

    def up(self, *profiles: str, scale: Mapping[str, int] | None = None) -> list[str]:
        """Start what the profiles enable, in order, and wait until all are healthy; return the services' names.

        Without profiles those of $COMPOSE_PROFILES. What runs already is left alone.

        Raises:
            ComposeError: The file is refused, a service fails, or does not become healthy within its time.
        """
        services = self._read().enabled(*profiles)
        for service in services.values():
            self._start(service, (scale or {}).get(service.name, 1))
        for service in services.values():
            self._await_health(service)
        return list(services)

    def exec(self, service: str, *words: str, timeout: float = COMPLETES_S) -> subprocess.CompletedProcess[str]:
        """Run a command in the first container of a running service."""
        return self._of(service)[0].run(words, timeout)

    def run(self, service: str, *words: str, timeout: float = COMPLETES_S) -> subprocess.CompletedProcess[str]:
        """Run a command in a new container of a service, once what that depends on is ready, as `run --rm` does."""
        found = self._read()
        if service not in found.services:
            raise ComposeError(f"no such service: {service}")
        asked = found.services[service]
        for other in found.enabled(*asked.profiles).values():
            if other.name in asked.depends_on and not self._named(other.name):
                self._start(other, 1)
        self._await_dependencies(asked)
        return self._made.container(asked, f"{service}-run").run(words, timeout)

    def logs(self, service: str) -> str:
        """What the containers of a service have said so far."""
        return "".join(one.log.read_text(errors="replace") for one in self._of(service))

    def health(self, service: str) -> Health:
        """Look as often as it takes to call a service unhealthy; it is healthy once a look at each container succeeds."""
        return "healthy" if all(map(self._is_healthy, self._of(service))) else "unhealthy"

    def wait_for(self, service: str, health: Health, timeout: float) -> float:
        """Wait until a service is so; return the seconds that it took; ComposeError after `timeout` seconds."""
        began = time.monotonic()
        while self.health(service) != health:
            if time.monotonic() - began > timeout:
                raise ComposeError(f"{service} is not {health} within {timeout} s; {self._said(service)}")
        return time.monotonic() - began

    def url(self, service: str, port: int) -> str:
        """Where a published port of a service is reached."""
        return f"http://127.0.0.1:{self._made.port(service, port)}"

    def signal(self, service: str, what: Signals) -> None:
        """Send a signal to the containers of a service, as `kill --signal` does."""
        for container in self._of(service):
            container.running.send(what)

    def stop(self) -> dict[str, tuple[int, float]]:
        """Stop all, those first that depend on others; return exit code and seconds by the container's name.

        One that takes longer than its grace is killed: its exit code is -9.
        """
        stopped = {}
        for container in reversed(self._containers.values()):
            if container.process is None:
                continue
            began = time.monotonic()
            stopped[container.name] = (container.stop(), time.monotonic() - began)
        self._containers.clear()
        return stopped

    # --- containers ---------------------------------------------------------------------------------------------------

    def _read(self) -> ComposeFile:
        return read(self._file, self.project, self._environ)

    def _start(self, service: Service, count: int) -> None:
        self._await_dependencies(service)
        for number in range(1, count + 1):
            name = f"{service.name}-{number}"
            known = self._containers.get(name)
            if known is not None and known.process is not None and known.process.alive():
                continue
            self._containers[name] = self._made.container(service, name)
            self._containers[name].start()

    def _await_dependencies(self, service: Service) -> None:
        """Wait for what a service depends on, as its conditions say (05-services.md, depends_on)."""
        for other, condition in service.depends_on.items():
            for container in self._of(other):
                if condition == "service_healthy":
                    self._await_health(container.service)
                elif condition == "service_completed_successfully" and container.ended(COMPLETES_S) != 0:
                    raise ComposeError(f"service {other} did not complete successfully; {self._said(other)}")

    # --- health -------------------------------------------------------------------------------------------------------

    def _await_health(self, service: Service) -> None:
        """Wait until each container of a service is healthy; ComposeError once Docker would call one unhealthy."""
        check = service.check
        if check is None:
            return
        for container in self._of(service.name):
            ends = time.monotonic() + check.start_period + check.retries * (check.interval + check.timeout)
            while not self._looks_well(container):
                if time.monotonic() > ends or not container.running.alive():
                    raise ComposeError(f"container {container.name} is unhealthy; {self._said(service.name)}")
                time.sleep(check.interval / QUICKER)

    def _is_healthy(self, container: Container) -> bool:
        check = container.service.check
        assert check is not None, f"{container.name} has no health check"
        for _ in range(check.retries):
            if self._looks_well(container):
                return True
            time.sleep(check.interval / QUICKER)
        return False

    def _looks_well(self, container: Container) -> bool:
        """Run the health check once; one that takes too long has failed."""
        check = container.service.check
        assert check is not None
        kind, *words = check.test
        if kind != "CMD":
            raise ComposeError(f"{container.name}: only CMD is known here, not {kind}")
        try:
            return container.run(words, check.timeout).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def _named(self, service: str) -> list[Container]:
        return [one for one in self._containers.values() if one.service.name == service]

    def _of(self, service: str) -> list[Container]:
        found = self._named(service)
        if not found:
            raise ComposeError(f"service {service} is not running")
        return found

    def _said(self, service: str) -> str:
        """What is known of a service that fails."""
        looks = []
        with suppress(ComposeError, subprocess.TimeoutExpired):
            for one in self._of(service):
                if one.service.check is not None:
                    done = one.run(one.service.check.test[1:], 60)
                    looks.append(f"{one.name}: {done.stdout}{done.stderr}")
        return f"its check says: {''.join(looks)}\nit said:\n{self.logs(service)[-4000:]}"
