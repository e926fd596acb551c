"""Tests over the corpus of real feeds that the environment variable TOCSIN_CORPUS names; left out where it is unset."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

collect_ignore_glob = [] if os.environ.get("TOCSIN_CORPUS") else ["test_*.py"]


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The corpus folder: `feeds`, `cases`, `replay` and MANIFEST.json."""
    return Path(os.environ["TOCSIN_CORPUS"])
