"""docker-compose.yml and Dockerfile, key by key: what the Compose Specification does not know, or not so, fails.

Documents of compose-spec/compose-spec are named by their file and section, as they stood in 2025.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from servers.compose_file import DURATION, ComposeError, dotenv_of, interpolated, read, seconds
from servers.dockerfile import image, instructions

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
MODEL = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES = MODEL["services"]
ONE_SHOT = {"migrate"}
PLACE = r"/[\w./-]+"


def like(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def each(form):
    return lambda value: isinstance(value, list) and value != [] and all(map(form, value))


def one_of(*values):
    return lambda value: value in values


def mapping(**forms):
    """A mapping with these keys; one that ends with `_` may be missing."""
    known = {name.rstrip("_"): form for name, form in forms.items()}
    needed = {name for name in forms if not name.endswith("_")}

    def fits(value):
        if not isinstance(value, dict) or set(value) - set(known) or needed - set(value):
            return False
        return all(known[name](inner) for name, inner in value.items())

    return fits


def named(form, name=r"[A-Za-z_][\w.-]*"):
    """A mapping whose keys are names, and whose values have one form."""
    return lambda value: isinstance(value, dict) and all(like(name)(key) and form(one) for key, one in value.items())


def is_true(value):
    return value is True


def count(value):
    return type(value) is int and value > 0


text, duration = like(r".+"), like(DURATION.pattern)
condition = one_of("service_started", "service_healthy", "service_completed_successfully")
check = mapping(
    test=lambda value: each(text)(value) and value[0] == "CMD",
    interval=duration,
    timeout=duration,
    retries=count,
    start_period=duration,
)

TOP = {
    "name": ("04-version-and-name.md, Name top-level element", like(r"[a-z0-9][a-z0-9_-]*")),
    "services": ("05-services.md", named(lambda value: isinstance(value, dict), r"[a-zA-Z0-9._-]+")),
    "volumes": ("07-volumes.md: an empty one has the engine's default", named(lambda value: value is None)),
}
OF_SERVICES = {
    "build": ("build.md, Using build: a path is the context, with its Dockerfile", one_of(".")),
    "cap_drop": ("05-services.md, cap_drop", each(one_of("ALL"))),
    "command": ("05-services.md, command: a list", each(text)),
    "depends_on": ("05-services.md, depends_on, long syntax", named(mapping(condition=condition))),
    "environment": ("05-services.md, environment, map syntax", named(text)),
    "env_file": (
        "05-services.md, env_file, path and required (Compose 2.24)",
        each(mapping(path=text, required_=lambda value: isinstance(value, bool))),
    ),
    "healthcheck": ("05-services.md, healthcheck", check),
    "image": ("05-services.md, image", like(r"[\w./-]+:[\w.-]+")),
    "init": ("05-services.md, init", is_true),
    "logging": (
        "05-services.md, logging",
        # Docker's json-file takes its options as text.
        mapping(
            driver=one_of("json-file"), options=mapping(**{"max-size": like(r"\d+[kmg]"), "max-file": like(r"\d+")})
        ),
    ),
    "ports": ("05-services.md, ports, short syntax, at one address", each(like(r"127\.0\.0\.1:\d+:\d+"))),
    "profiles": ("05-services.md, profiles", each(like(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"))),
    "read_only": ("05-services.md, read_only", is_true),
    "restart": ("05-services.md, restart", one_of("no", "unless-stopped")),
    "security_opt": ("05-services.md, security_opt", each(one_of("no-new-privileges:true"))),
    "shm_size": ("05-services.md, shm_size; 11-extension.md, Specifying byte values", like(r"\d+(b|k|kb|m|mb|g|gb)")),
    "stop_grace_period": ("05-services.md, stop_grace_period", duration),
    "tmpfs": ("05-services.md, tmpfs, path:options", each(like(rf"{PLACE}:mode=[0-7]{{3,4}}"))),
    "user": ("05-services.md, user", like(r"\d+:\d+|[a-z]+")),
    "volumes": (
        "05-services.md, volumes, short syntax",
        each(like(rf"(\$\{{\w+:-\./\w+\}}|\./\w+|\w+):{PLACE}(:ro)?")),
    ),
}
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "CMD"}


def test_the_file_holds_what_the_specification_knows():
    extensions = {key for key in MODEL if key.startswith("x-")}  # 11-extension.md
    assert set(MODEL) - extensions == set(TOP)
    for key, (section, form) in TOP.items():
        assert form(MODEL[key]), section


@pytest.mark.parametrize("name", SERVICES)
def test_every_key_of_a_service_is_known_and_has_its_form(name):
    for key, value in SERVICES[name].items():
        assert key in OF_SERVICES, f"{key} is no key of a service that we have looked up"
        section, form = OF_SERVICES[key]
        assert form(value), f"{key}: {value!r} is not as {section} has it"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("healthcheck", {"test": ["CMD", "x"], "interval": 30, "timeout": "1s", "retries": 3, "start_period": "1s"}),
        ("healthcheck", {"test": ["CMD-SHELL", "x"], "interval": "3s"}),
        ("restart", False),  # `no` without quotes is a boolean
        ("ports", ["8000:8000"]),  # open to the network
        ("logging", {"driver": "json-file", "options": {"max-size": "10m", "max-file": 3}}),
        ("depends_on", {"redis": {"condition": "service_ready"}}),
        ("volumes", ["./config:etc"]),
        ("user", "root:root"),
        ("command", "tocsin up"),
    ],
)
def test_a_wrong_form_would_be_noticed(key, value):
    assert not OF_SERVICES[key][1](value)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_held_short_and_looked_after(name):
    service = SERVICES[name]
    assert service["init"] is service["read_only"] is True
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["user"].partition(":")[0] not in {"root", "0"}
    assert "stop_grace_period" in service
    assert "logging" in service
    assert service["profiles"] in (["sqlite"], ["full"])  # nothing starts unasked
    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")
    assert ("healthcheck" in service) is (name not in ONE_SHOT)


def test_who_is_waited_for_is_there_and_can_answer():
    for name, service in SERVICES.items():
        for other, said in service.get("depends_on", {}).items():
            assert SERVICES[other]["profiles"] == service["profiles"], name
            completes = said["condition"] == "service_completed_successfully"
            assert completes is (other in ONE_SHOT), name
            assert completes or "healthcheck" in SERVICES[other], name


def test_volumes_are_declared_and_used():
    used = {volume.split(":")[0] for one in SERVICES.values() for volume in one["volumes"]}
    assert {one for one in used if not one.startswith((".", "$"))} == set(MODEL["volumes"])


def test_every_queue_has_its_worker():
    from worker.service.queues import QUEUES  # noqa: PLC0415 - beside what it is held against

    asked = [one["command"][3] for one in SERVICES.values() if one.get("command", [])[:2] == ["tocsin", "worker"]]
    assert sorted(",".join(asked).split(",")) == sorted(QUEUES)
    for one in SERVICES.values():
        if one.get("command", [])[:2] == ["tocsin", "worker"]:
            assert one["healthcheck"]["test"][-2:] == one["command"][2:4]


def test_versions_and_users_agree():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    ours = [service for service in SERVICES.values() if "build" in service]
    assert {service["image"] for service in ours} == {f"tocsin:{version}"}
    assert {service["user"] for service in ours} == {image(DOCKERFILE).user}


def test_the_images_user_is_not_root_and_has_its_volume():
    found = instructions(DOCKERFILE)
    assert {one.word for one in found} <= INSTRUCTIONS
    stages = [one.rest.split()[0] for one in found if one.word == "FROM"]
    assert stages == [stages[0]] * 2  # one base image, for the interpreter of the environment is that of the image
    last = image(DOCKERFILE)
    assert last.user not in {"root", "0", "0:0"}
    assert last.volumes == (last.environment["TOCSIN_DATA_DIR"],) == (last.workdir,)
    assert last.command[:2] == ["tocsin", "up"]


def test_nothing_is_fetched_but_what_a_hash_holds():
    for one in instructions(DOCKERFILE):
        assert not re.search(r"\b(apt|apt-get|apk|curl|wget|git)\b|https?://", one.rest)
        for line in re.findall(r"pip [^&]*install[^&]*", one.rest):
            assert "--no-deps" in line
            assert "--require-hashes --only-binary :all:" in line or line.rstrip().endswith("dist/*.whl")


def test_the_build_gets_what_it_copies_and_nothing_else():
    allowed = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert allowed[0] == "*"
    copied = [one.words[:-1] for one in instructions(DOCKERFILE) if one.word == "COPY" and "--from" not in one.rest]
    sources = {source for words in copied for source in words}
    assert sources == {line[1:] for line in allowed if line.startswith("!")}
    assert all((ROOT / source).exists() for source in sources)


# --- the reading itself, which the tests on a running project build on ---------------------------------------------


@pytest.mark.parametrize(
    ("written", "filled_in"),
    [
        ("a $X b", "a x b"),
        ("${X}${X}", "xx"),
        ("${E:-d}/${E-d}/${N:-d}/${N-d}", "d//d/d"),
        ("${X:+yes}/${E:+yes}/${E+yes}", "yes//yes"),
        ("${N:-${M:-$X}}", "x"),
        ("$$X $${X}", "$X ${X}"),
        ("${X:?said}", "x"),
        ("${E?said}", ""),
    ],
)
def test_variables_are_filled_in(written, filled_in):
    warnings = []
    assert (interpolated(written, {"X": "x", "E": ""}, warnings), warnings) == (filled_in, [])


@pytest.mark.parametrize("written", ["${N:?set $X}", "${E:?set x}", "${N?set x}"])
def test_a_required_variable_that_is_missing_is_refused(written):
    with pytest.raises(ComposeError, match="set x"):
        interpolated(written, {"X": "x", "E": ""}, [])


@pytest.mark.parametrize("written", ["$", "${", "${}", "${1}", "${X/a/b}", "$ {X}"])
def test_what_is_no_variable_is_refused(written):
    with pytest.raises(ComposeError, match="invalid interpolation format"):
        interpolated(written, {"X": "x"}, [])


def test_a_variable_that_is_not_set_is_told_of():
    warnings = []
    assert interpolated("a${N}", {}, warnings) == "a"
    assert warnings == ["the variable N is not set"]


def test_spans_are_read():
    assert [seconds(one) for one in ("30s", "1m30s", "500ms")] == [30, 90, 0.5]
    with pytest.raises(ComposeError, match="is no duration"):
        seconds("30")


def test_dotenv_files_are_read(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# a comment\nA=1\nexport B=\"two $A\"\nC='$A'\nD=x # more\nE=\n\nF=a=b\n")
    assert dotenv_of(file) == {"A": "1", "B": "two 1", "C": "$A", "D": "x", "E": "", "F": "a=b"}


def test_what_is_written_out_wins_over_files_and_the_shell_over_dotenv(tmp_path):
    (tmp_path / ".env").write_text("A=dotenv\nB=dotenv\n")
    (tmp_path / "compose.yml").write_text(
        "services:\n  one:\n    image: x:1\n    env_file: [{path: .env}]\n    environment: {A: '${A}', C: null}\n"
    )
    found = read(tmp_path / "compose.yml", tmp_path, {"A": "shell", "C": "shell"})
    assert found.services["one"].environment == {"A": "shell", "B": "dotenv", "C": "shell"}


def test_a_file_that_must_be_there_is_missed(tmp_path):
    (tmp_path / "compose.yml").write_text("services:\n  one:\n    image: x:1\n    env_file: [{path: secrets}]\n")
    with pytest.raises(ComposeError, match="secrets not found"):
        read(tmp_path / "compose.yml", tmp_path, {})


def test_who_depends_on_what_is_not_enabled_is_refused(tmp_path):
    (tmp_path / "compose.yml").write_text(
        "services:\n  one: {image: 'x:1', depends_on: {two: {condition: service_started}}}\n"
        "  two: {image: 'x:1', profiles: [other]}\n"
    )
    found = read(tmp_path / "compose.yml", tmp_path, {})
    assert list(found.enabled("other")) == ["two", "one"]
    with pytest.raises(ComposeError, match="depends on two"):
        found.enabled()
