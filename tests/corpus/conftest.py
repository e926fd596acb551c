"""Tests over the corpus of real feeds that the environment variable TOCSIN_CORPUS names; left out where it is unset."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = [] if os.environ.get("TOCSIN_CORPUS") else ["test_*.py"]


@pytest.fixture(scope="session")
def manifest() -> list[dict[str, Any]]:
    """What the corpus says that it holds: one mapping a file or folder."""
    return json.loads((Path(os.environ["TOCSIN_CORPUS"]) / "MANIFEST.json").read_text("utf-8"))["files"]


@pytest.fixture(scope="session")
def corpus(manifest: list[dict[str, Any]]) -> Path:
    """The corpus folder, whole: `feeds`, `cases` and `replay` hold the files that MANIFEST.json names, and no others."""
    folder = Path(os.environ["TOCSIN_CORPUS"])
    listed = Counter[str]()
    for file in manifest:
        files = file.get("files", 1)  # of a folder: their number, or what is known of each
        listed[file["path"]] += files if isinstance(files, int) else len(files)
    for part in ("feeds", "cases", "replay"):
        named = {path: count for path, count in listed.items() if path.startswith(f"{part}/")}
        assert named, part
        held = Counter[str]()
        for path in (folder / part).rglob("*"):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                held[name if name in named else "/".join(name.split("/")[:2]) + "/"] += 1
        assert held == named
    return folder
