"""Nothing is stood on without a word: docs/DEPENDENCIES.md names each part, docs/LICENCES.md the terms of each."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def rows(page):
    """The cells of each line of a page's tables, without their heads."""
    lines = [line for line in (DOCS / page).read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if not line.startswith(("| part", "| package"))
    ]


def named():
    """The parts of docs/DEPENDENCIES.md, without their versions and what stands in parentheses."""
    cells = [re.sub(r"\(.*?\)", "", row[0]) for row in rows("DEPENDENCIES.md")]
    return [canonicalize_name(part.split()[0]) for cell in cells for part in cell.split(",")]


def test_each_dependency_is_explained_and_nothing_else():
    lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert sorted(named()) == sorted(canonicalize_name(Requirement(line).name) for line in lines)
    assert all(len(row) == 3 and all(row) for row in rows("DEPENDENCIES.md"))


def test_the_licences_are_those_of_what_is_installed():
    """The program fails at a licence that it does not know, or that we do not take."""
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "licences.py"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (DOCS / "LICENCES.md").read_text(encoding="utf-8"), "`make licences` writes it anew"


def test_the_licences_are_those_of_the_lock():
    lock = (ROOT / "deploy" / "requirements.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([a-z0-9.-]+)==([^\s;]+)", lock, flags=re.MULTILINE)
    assert [(name, version) for name, version, *_ in rows("LICENCES.md")] == sorted(locked)
    assert {kind for *_, kind in rows("LICENCES.md")} == {"permissive", "weak copyleft"}
