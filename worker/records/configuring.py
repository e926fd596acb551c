"""What the files would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Change:
    """One line of `tocsin plan`: what becomes of one feed, watch list or subscriber."""

    kind: Literal["feed", "watch_list", "subscriber"]
    action: Literal["add", "change", "remove"]
    name: str
    detail: str = ""
