"""Picks the real parts and puts them together: the only place that does.

>>> from pathlib import Path
>>> from config.values import Settings
>>> from worker.wiring import open_engine
>>> engine = open_engine(Settings(data_dir=Path("var")))
>>> engine.poll([1, 2, 3], force=True)
"""

from __future__ import annotations

from worker.wiring.checking import check_settings
from worker.wiring.engine import Engine, engine, open_engine

__all__ = ["Engine", "check_settings", "engine", "open_engine"]
