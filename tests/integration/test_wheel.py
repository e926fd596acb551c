"""The wheel: what is in it, and that it is all one needs, in an empty environment of every Python that is here.

`make release` has these tests look at what it has built: $TO_RELEASE names the folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from contextlib import closing
from email import message_from_string
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from servers.newsroom import Newsroom
from servers.pythons import pythons
from servers.tocsin import Running

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("config", "worker", "tasks")
NAME = f"tocsin-{PROJECT['version']}"
WHEEL = f"{NAME}-py3-none-any.whl"
SDIST = f"{NAME}.tar.gz"
EPOCH = {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "1767225600")}
PIP = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"]


def run(*command, cwd, **environment):
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(source, into, *options):
    run(sys.executable, "-m", "hatchling", "build", *options, "-d", into, cwd=source, **EPOCH)


def names(requirements):
    return sorted((canonicalize_name(one.name), sorted(one.extras), str(one.specifier)) for one in requirements)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with sdist and wheel."""
    if "TO_RELEASE" in os.environ:
        return Path(os.environ["TO_RELEASE"]).absolute()
    folder = tmp_path_factory.mktemp("dist")
    build(ROOT, folder)
    return folder


@pytest.fixture
def wheel(built):
    with zipfile.ZipFile(built / WHEEL) as opened:
        yield opened


@pytest.fixture(params=[pytest.param(path, id=version) for version, path in pythons().items()])
def programs(request, built, tmp_path):
    """Where the programs of an environment lie that holds the wheel and what the lock names. It is large: it goes again."""
    folder = tmp_path / "environment"
    run(request.param, "-m", "venv", folder, cwd=tmp_path)
    pip = [folder / "bin" / "python", *PIP, "--no-compile", "--no-deps"]
    lock = ROOT / "deploy" / "requirements.lock"
    run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock, cwd=tmp_path)
    run(*pip, built / WHEEL, cwd=tmp_path)
    yield folder / "bin"
    shutil.rmtree(folder)


def test_it_holds_the_three_packages_with_their_data_and_nothing_else(wheel):
    ours = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    files = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    assert set(wheel.namelist()) == ours | {f"{NAME}.dist-info/{name}" for name in files}
    assert {name.rpartition(".")[2] for name in ours} <= {"py", "yaml", "html", "css", "js", "mako", "svg"}
    for example in (
        "config/feeds.yaml",
        "worker/service/newswire/script.yaml",
        "worker/store/migrations/script.py.mako",
        "worker/web/static/tocsin.css",
        "worker/web/templates/frame.html",
    ):
        assert example in ours


def test_what_it_says_of_itself_is_right_and_complete(wheel):
    text = wheel.read(f"{NAME}.dist-info/METADATA").decode()
    found = Metadata.from_email(text, validate=True)
    assert (found.name, str(found.version), found.license_expression) == ("tocsin", PROJECT["version"], "MIT")
    assert found.requires_python == SpecifierSet(PROJECT["requires-python"])
    needed = [one for one in found.requires_dist if "extra ==" not in str(one)]
    assert names(needed) == names(map(Requirement, PROJECT["dependencies"]))
    assert message_from_string(text)["Description-Content-Type"] == "text/markdown"
    assert found.description == (ROOT / "README.md").read_text(encoding="utf-8")
    assert wheel.read(f"{NAME}.dist-info/entry_points.txt").decode().split() == [
        "[console_scripts]",
        "tocsin",
        "=",
        "worker.cli:main",
    ]


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    with tarfile.open(built / SDIST) as opened:
        opened.extractall(tmp_path, filter="data")
    source = tmp_path / NAME
    for name in ("tests", "docs", "deploy", "README.md", "CHANGELOG.md", "LICENSE", "requirements.lock", "Makefile"):
        assert (source / name).exists()
    build(source, tmp_path / "again", "-t", "wheel")
    assert (tmp_path / "again" / WHEEL).read_bytes() == (built / WHEEL).read_bytes()


@pytest.mark.long
@pytest.mark.unmeasured
@pytest.mark.timeout(600)
def test_installed_it_is_all_one_needs(programs, tmp_path, feed_server, receiver):
    """Beside folders that are named like its packages, as an operator may have them."""
    tocsin = programs / "tocsin"
    home = tmp_path / "home"
    for name in PACKAGES:
        (home / name).mkdir(parents=True)
        (home / name / "mine.yaml").write_text("mine: true\n")
    assert run(tocsin, "--version", cwd=home) == f"tocsin {PROJECT['version']}\n"
    run(tocsin, "init", "news", cwd=home)
    assert {path.name for path in (home / "news").iterdir()} == {
        f"{name}.yaml" for name in ("settings", "feeds", "watchlists", "subscribers")
    }
    assert "1 watch list" in run(tocsin, "check", "--config", "news", cwd=home)

    with closing(Newsroom(home, feed_server, receiver)) as newsroom:
        # Celery's own command finds them too; it also compiles once what several processes would compile beside each other.
        assert "tocsin.tick" in run(programs / "celery", "-A", "tasks", "report", cwd=home, **newsroom.home.env)

        def start(*arguments):
            process = Running([str(tocsin), *arguments], env=newsroom.home.env, cwd=home)
            newsroom.started.append(process)
            return process

        demo = start("up", "--demo", "--no-web")
        demo.wait_for_alerts(1, timeout=90)
        demo.stop()
        up = start("up", "--no-web")
        newsroom.publish_and_wait("Ukraine begins", 90)
        up.stop()
        assert up.returncode == 0
        assert "Traceback" not in "\n".join(demo.complaints + up.complaints)
