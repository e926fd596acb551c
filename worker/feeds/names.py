"""Short texts of an item: people, categories, sources, languages. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.feeds.limits import MAX_NAME, MAX_NAMES
from worker.text.clean import one_line
from worker.text.markup import plain_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_LANGUAGE = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,8}")


def name(value: object) -> str:
    """A name as plain text of one line; "" for what is none."""
    return one_line(plain_to_text(value[: MAX_NAME * 10]))[:MAX_NAME] if isinstance(value, str) else ""


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The first names that are not empty, in order, without repeats."""
    return tuple(dict.fromkeys(filter(None, names)))[:MAX_NAMES]


def language(value: object) -> str | None:
    """A BCP 47 tag in lower case, or None for what cannot be one."""
    if not isinstance(value, str):
        return None
    tag = value.strip().replace("_", "-").lower()
    return tag if _LANGUAGE.fullmatch(tag) else None
