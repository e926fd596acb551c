"""Containers without an engine: processes of this machine that take the place of a service's.

Their images are what is here: Tocsin is this environment, by what the Dockerfile says of it; Redis and PostgreSQL come
from wheels. Paths, host names and ports of containers are put into words and environment as those of this machine.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from servers import postgres_server
from servers.compose_file import ComposeError, Service
from servers.dockerfile import BASE_PATH, Image
from servers.process import Process
from servers.redis_server import free_port

from worker.service.broker import server_binary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IMAGES = Path(__file__).parent / "images"
CONTAIN = Path(__file__).with_name("contain.py")

OTHERS = {
    "redis": Image({}, "redis", "/data", ["redis-server"], ("/data",)),
    "postgres": Image(
        {"PGDATA": "/var/lib/postgresql/18/docker", "SOCKETS": "/var/run/postgresql"},
        "postgres",
        "/",
        ["postgres-entrypoint", "postgres"],
        ("/var/lib/postgresql",),
    ),
}
"""What the images of others bring; the programs that stand in for theirs lie in IMAGES."""


@dataclass(slots=True)
class Container:
    """One running container, or one that has run."""

    name: str
    service: Service
    words: list[str]
    environment: Mapping[str, str]
    cwd: Path
    user: str
    log: Path
    process: Process | None = None
    exit_code: int | None = None

    def command(self, words: Sequence[str]) -> list[str]:
        """Return the words by which this machine runs a command in it."""
        program = shutil.which(words[0], path=self.environment["PATH"])
        if program is None:
            raise ComposeError(f"{self.name}: there is no program {words[0]}")
        return [sys.executable, "-I", "-S", str(CONTAIN), self.name, self.user, program, *words[1:]]

    def start(self) -> None:
        """Start what it is there for."""
        command = self.command(self.words)
        self.process = Process(command, log=self.log, cwd=self.cwd, environment=self.environment)

    def run(self, words: Sequence[str], timeout: float) -> subprocess.CompletedProcess[str]:
        """Run a command in it; subprocess.TimeoutExpired where that takes longer."""
        return subprocess.run(
            self.command(words),
            cwd=self.cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    @property
    def running(self) -> Process:
        assert self.process is not None, f"{self.name} has ended"
        return self.process

    def ended(self, timeout: float) -> int:
        """Wait for its end; return its exit code."""
        if self.process is not None:
            process = self.process
            process.wait_until(lambda: not process.alive(), timeout=timeout)
            self.exit_code, self.process = process.stop(), None
        return -1 if self.exit_code is None else self.exit_code

    def stop(self) -> int:
        """Stop it as its image asks for, and kill it when its grace is over; return its exit code."""
        self.exit_code = self.running.stop(self.stop_signal, timeout=self.service.stop_grace)
        self.process = None
        return self.exit_code

    @property
    def stop_signal(self) -> signal.Signals:
        """The STOPSIGNAL of its image: PostgreSQL's has it end quickly, whoever is connected."""
        return signal.SIGINT if self.service.image.startswith("postgres:") else signal.SIGTERM


class Containers:
    """Makes containers out of services, with their mounts, users and ports.

    Attributes:
        folder: Where volumes, logs and tmpfs lie; open to all users, and its path short.
        project: Where relative paths of the file begin.
        confined: Tocsin runs as the image's user, who owns nothing but its volumes; else as whoever runs the tests.
    """

    def __init__(self, folder: Path, project: Path, ours: Image) -> None:
        self.folder = folder
        self.project = project
        self._image = ours
        self._ports: dict[tuple[str, int], int] = {}
        self.confined = self._may_confine()

    def container(self, service: Service, name: str) -> Container:
        """Make a container, and what it mounts, but do not start it."""
        place = self.folder / "containers" / name
        place.mkdir(parents=True, exist_ok=True)
        user = self._user_of(service)
        paths = self._mounted(service, place, user)
        base = self._base(service)
        environment = {"TMPDIR": "/tmp", **base.environment, **service.environment}
        if base is self._image:
            paths["/opt/tocsin"] = sys.prefix
        words = base.command if service.command is None else service.command
        return Container(
            name=name,
            service=service,
            words=[self._here(word, paths, service) for word in words],
            environment={key: self._here(value, paths) for key, value in environment.items()}
            | self._standing_in(service),
            cwd=Path(paths.get(base.workdir, base.workdir)),
            user="-" if user is None else str(user),
            log=place / "log",
        )

    def _base(self, service: Service) -> Image:
        """What the image of a service brings: ours by its Dockerfile, the others as far as our file needs it."""
        if service.builds:
            return self._image
        kind = service.image.partition(":")[0]
        if kind not in OTHERS:
            raise ComposeError(f"nothing stands in for the image {service.image}")
        return OTHERS[kind]

    def _standing_in(self, service: Service) -> dict[str, str]:
        """What a container of another image has in its environment so that what stands in for it runs on this machine."""
        base = self._base(service)
        if base is OTHERS["redis"]:
            here = {"PYTHON": sys.executable, "IMAGES": str(self._images), "VALKEY": str(server_binary())}
            return {"PATH": f"{self._images}:{BASE_PATH}", "REDIS_PORT": str(self.port(service.name, 6379)), **here}
        if base is OTHERS["postgres"]:
            path = f"{self._images}:{self._postgres_programs}:{BASE_PATH}"
            return {"PATH": path, "PGPORT": str(self.port(service.name, 5432))}
        return {}

    @cached_property
    def _images(self) -> Path:
        """What stands in for programs of other images, where every user can read it."""
        copied = shutil.copytree(IMAGES, self.folder / "images", ignore=shutil.ignore_patterns("__pycache__"))
        copied.chmod(0o755)
        return copied

    @cached_property
    def _postgres_programs(self) -> Path:
        place = self.folder / "postgres"
        place.mkdir(mode=0o755)
        return postgres_server._programs(place, reachable=self.confined or os.geteuid() != 0)

    def _mounted(self, service: Service, place: Path, user: int | None) -> dict[str, str]:
        """Make the mounts of a container that are not there yet; return their places here by those within.

        What a user may write is its own: a named volume, as it takes over the owner of the image's folder, and a tmpfs.
        """
        found: dict[str, str] = {}
        for mount in service.mounts:
            if mount.source is not None and mount.source.startswith((".", "/")):
                found[mount.target] = str(self.project / mount.source)
                continue
            here = self.folder / "volumes" / mount.source if mount.source else place / mount.target.strip("/")
            found[mount.target] = str(here)
            if here.exists():
                continue
            here.mkdir(parents=True)
            if user is not None:
                os.chown(here, user, user)
            mode = re.search(r"mode=(\d+)", mount.options)
            here.chmod(int(mode[1], 8) if mode else 0o700)
        return found

    def _here(self, text: str, paths: Mapping[str, str], service: Service | None = None) -> str:
        """Return a word with paths, host names and ports of containers put as those of this machine.

        `service`: it is a word of this service's command, and may name where that listens.
        """
        if paths:
            within = "|".join(re.escape(path) for path in sorted(paths, key=len, reverse=True))
            text = re.sub(rf"(?<![\w/.-])(?:{within})(?![\w.-])", lambda found: paths[found[0]], text)
        text = re.sub(r"(?<=[@/])(\w+):(\d+)(?=/)", self._reached, text)
        if service is None or not service.ports:
            return text
        if text.isdecimal() and int(text) in service.ports:
            return str(self.port(service.name, int(text)))
        return "127.0.0.1" if text == "0.0.0.0" else text

    def _reached(self, found: re.Match[str]) -> str:
        key = (found[1], int(found[2]))
        return f"127.0.0.1:{self._ports[key]}" if key in self._ports else found[0]

    def port(self, service: str, port: int) -> int:
        """The port of this machine that stands for a container's."""
        return self._ports.setdefault((service, port), free_port())

    def _user_of(self, service: Service) -> int | None:
        """The number of the user that a container runs as; None: the one who runs the tests."""
        user = service.user or self._base(service).user
        if os.geteuid() != 0:
            return None
        if user == "root":
            return 0
        if user == "postgres":  # it refuses to run as root
            return pwd.getpwnam("nobody").pw_uid
        if not self.confined:
            return None
        return int(user.partition(":")[0]) if user[0].isdecimal() else pwd.getpwnam("nobody").pw_uid

    def _may_confine(self) -> bool:
        """Say whether Tocsin can run as a user that owns nothing here."""
        if os.geteuid() != 0:
            return False
        number = self._image.user.partition(":")[0]
        probe = [sys.executable, "-I", "-S", str(CONTAIN), "probe", number, sys.executable, "-c", "import worker"]
        return subprocess.run(probe, cwd="/", env={}, capture_output=True, timeout=60, check=False).returncode == 0
