"""`make release` refuses what must not be released. What it builds is checked by test_wheel.py, which it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WHO = {
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@a.example",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@a.example",
}


@pytest.fixture
def environ(tmp_path):
    """Nobody's git, and nobody's repository but the test's."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    bin_folder = str(Path(sys.executable).parent)
    return ours | WHO | {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "BIN": bin_folder}


@pytest.fixture
def tree(tmp_path, environ):
    """A repository with as much of ours as is looked at before anything is built."""
    tree = tmp_path / "tree"
    (tree / ".ci").mkdir(parents=True)
    for name in ("pyproject.toml", ".ci/release"):
        shutil.copy(ROOT / name, tree / name)
    git(tree, environ, "init", "--quiet")
    git(tree, environ, "add", ".")
    git(tree, environ, "commit", "--quiet", "--message", "All")
    return tree


def git(tree, environ, *arguments):
    subprocess.run(["git", *arguments], cwd=tree, env=environ, timeout=60, check=True)


def refusal(tree, environ):
    done = subprocess.run(
        [tree / ".ci" / "release"], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert not (tree / "dist").exists()
    return done.stderr


def test_what_is_not_committed_is_not_released(tree, environ):
    (tree / "more.txt").touch()
    assert "the tree is not clean" in refusal(tree, environ)


def test_a_version_is_released_once(tree, environ):
    version = subprocess.run(
        [sys.executable, "-m", "hatchling", "version"], cwd=tree, capture_output=True, text=True, timeout=60, check=True
    ).stdout.strip()
    git(tree, environ, "tag", f"v{version}")
    (tree / "more.txt").touch()
    git(tree, environ, "add", ".")
    git(tree, environ, "commit", "--quiet", "--message", "More")
    assert f"v{version} is tagged already" in refusal(tree, environ)
