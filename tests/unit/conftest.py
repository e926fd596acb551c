"""Tests of one room each."""

from __future__ import annotations

import sys
from functools import _lru_cache_wrapper

import pytest


@pytest.fixture(scope="module", autouse=True)
def nothing_remembered(request: pytest.FixtureRequest) -> None:
    """Empty the caches of the room: what was put there while nothing was measured would not count as covered."""
    room = f"worker.{request.path.parent.name}"
    for module in [module for name, module in sys.modules.items() if f"{name}.".startswith(f"{room}.")]:
        for value in vars(module).values():
            if isinstance(value, _lru_cache_wrapper):
                value.cache_clear()
