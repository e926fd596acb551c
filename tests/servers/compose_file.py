"""A Compose file as Compose reads it: anchors and merges, interpolation, `.env`, profiles, environment.

By the Compose Specification (compose-spec/compose-spec); numbers are those of its documents. What our file does not use
is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = re.compile(r"(?:\d+(?:us|ms|s|m|h))+")


class ComposeError(Exception):
    """What Compose would refuse, or fail with."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume, a folder of this machine (it begins with a dot or a slash), or a tmpfs (`source` is None)."""

    source: str | None
    target: str
    options: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """How a container's health is looked at; spans in seconds."""

    test: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float


@dataclass(frozen=True, slots=True)
class Service:
    """One service (05-services.md).

    `command` None: the image's own. `depends_on`: the condition by the service's name. `ports`: what a container's port
    is published at, address and port.
    """

    name: str
    image: str
    builds: bool
    profiles: tuple[str, ...]
    command: tuple[str, ...] | None
    environment: Mapping[str, str]
    user: str | None
    mounts: tuple[Mount, ...]
    ports: Mapping[int, tuple[str, int]]
    depends_on: Mapping[str, str]
    check: Check | None
    stop_grace: float


@dataclass(slots=True)
class ComposeFile:
    """The services of a file.

    `profiles`: what $COMPOSE_PROFILES enables. `warnings`: variables that are not set and have no default.
    """

    services: dict[str, Service]
    profiles: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    def enabled(self, *profiles: str) -> dict[str, Service]:
        """Return what starts with these profiles, each after all that it depends on (15-profiles.md)."""
        active = {*(profiles or self.profiles)}
        chosen = {
            name: service
            for name, service in self.services.items()
            if not service.profiles or active & {*service.profiles}
        }
        ordered: dict[str, Service] = {}

        def add(name: str, asking: str) -> None:
            if name not in chosen:
                raise ComposeError(f"service {asking} depends on {name}, which is not enabled")
            for other in chosen[name].depends_on:
                add(other, name)
            ordered.setdefault(name, chosen[name])

        for name in chosen:
            add(name, name)
        return ordered


def read(file: Path, project: Path, environ: Mapping[str, str]) -> ComposeFile:
    """Read `file`, whose relative paths, and `.env`, lie in `project`; `environ` is the environment of the command.

    Raises:
        ComposeError: A required variable or file is missing, or something is written wrongly.
    """
    dotenv = project / ".env"
    variables = {**(dotenv_of(dotenv) if dotenv.exists() else {}), **environ}
    found = ComposeFile({}, tuple(filter(None, variables.get("COMPOSE_PROFILES", "").split(","))))
    model = _filled_in(yaml.safe_load(file.read_text(encoding="utf-8")), variables, found.warnings)
    for name, service in model["services"].items():
        found.services[name] = _service(name, service, project, variables)
    return found


def dotenv_of(file: Path) -> dict[str, str]:
    """Read lines of NAME=VALUE; single quotes keep, double quotes and none fill in what stood before."""
    found: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        value = value.strip()
        if value[:1] == value[-1:] == "'" and value:
            found[name] = value[1:-1]
            continue
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        found[name] = interpolated(value[1:-1] if quoted else value.partition(" #")[0].strip(), found, [])
    return found


def interpolated(text: str, variables: Mapping[str, str], warnings: list[str]) -> str:
    """Fill in `$NAME`, `${NAME}` and its forms `:-` `-` `:?` `?` `:+` `+`; `$$` is a dollar (12-interpolation.md)."""
    parts = []
    while (at := text.find("$")) >= 0:
        parts.append(text[:at])
        text = text[at + 1 :]
        if text.startswith("$"):
            parts.append("$")
            text = text[1:]
        elif text.startswith("{"):
            inside, text = _braced(text)
            parts.append(_value(inside, variables, warnings))
        elif name := _NAME.match(text):
            parts.append(_value(name[0], variables, warnings))
            text = text[name.end() :]
        else:
            raise ComposeError(f"invalid interpolation format: ${text}")
    return "".join([*parts, text])


def seconds(text: str) -> float:
    """Return a duration such as 1m30s in seconds (11-extension.md)."""
    if not DURATION.fullmatch(text):
        raise ComposeError(f"{text!r} is no duration")
    return sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)(us|ms|s|m|h)", text))


def _braced(text: str) -> tuple[str, str]:
    """Split `{...}rest` at its closing brace; braces may be nested."""
    depth = 0
    for at, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if not depth:
            return text[1:at], text[at + 1 :]
    raise ComposeError(f"invalid interpolation format: ${text}")


def _value(inside: str, variables: Mapping[str, str], warnings: list[str]) -> str:
    name = _NAME.match(inside)
    form = re.fullmatch(r"(:?[-?+])(.*)", inside[name.end() :], re.DOTALL) if name else None
    if not name or (form is None and name[0] != inside):
        raise ComposeError(f"invalid interpolation format: ${{{inside}}}")
    value = variables.get(name[0])
    if form is None:
        if value is None:
            warnings.append(f"the variable {name[0]} is not set")
        return value or ""
    sign, rest = form[1], form[2]
    there = bool(value) if sign.startswith(":") else value is not None
    if sign.endswith("+"):
        return interpolated(rest, variables, warnings) if there else ""
    if there:
        return value or ""
    if sign.endswith("?"):
        said = interpolated(rest, variables, warnings)
        raise ComposeError(f"required variable {name[0]} is missing a value: {said}")
    return interpolated(rest, variables, warnings)


def _filled_in(value: Any, variables: Mapping[str, str], warnings: list[str]) -> Any:
    """Fill in values, whatever profile they belong to; keys stay as they are."""
    if isinstance(value, dict):
        return {key: _filled_in(inner, variables, warnings) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled_in(inner, variables, warnings) for inner in value]
    return interpolated(value, variables, warnings) if isinstance(value, str) else value


def _service(name: str, given: dict[str, Any], project: Path, variables: Mapping[str, str]) -> Service:
    volumes = [Mount(*volume.split(":", 2)) for volume in given.get("volumes", ())]
    tmpfs = [Mount(None, *one.split(":", 1)) for one in given.get("tmpfs", ())]
    published = {}
    for port in given.get("ports", ()):
        address, outer, inner = port.split(":")
        published[int(inner)] = (address, int(outer))
    check = given.get("healthcheck")
    return Service(
        name=name,
        image=given["image"],
        builds="build" in given,
        profiles=tuple(given.get("profiles", ())),
        command=tuple(given["command"]) if "command" in given else None,
        environment=_environment(given, project, variables),
        user=given.get("user"),
        mounts=(*volumes, *(Mount(None, one.target, one.options) for one in tmpfs)),
        ports=published,
        depends_on={other: one["condition"] for other, one in given.get("depends_on", {}).items()},
        check=None
        if check is None
        else Check(
            test=tuple(check["test"]),
            interval=seconds(check["interval"]),
            timeout=seconds(check["timeout"]),
            retries=check["retries"],
            start_period=seconds(check["start_period"]),
        ),
        stop_grace=seconds(given.get("stop_grace_period", "10s")),
    )


def _environment(given: dict[str, Any], project: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Return what a container has in its environment: that of its files, in order, under what is written out."""
    found: dict[str, str] = {}
    for one in given.get("env_file", ()):
        path = project / one["path"]
        if path.exists():
            found |= dotenv_of(path)
        elif one.get("required", True):
            raise ComposeError(f"env file {path} not found")
    for name, value in given.get("environment", {}).items():
        if value is not None:
            found[name] = str(value)
        elif name in variables:
            found[name] = variables[name]
    return found
