"""Short texts of an item: people, categories, sources, languages. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from worker.feeds.limits import MAX_NAME, MAX_NAMES
from worker.text.clean import one_line
from worker.text.markup import plain_to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAIL = re.compile(r"<?\b([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})>?")
_LANGUAGE = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8}){0,8}")


def name(value: object) -> str:
    """A name as plain text of one line; "" for what is none."""
    return one_line(plain_to_text(value[: MAX_NAME * 10]))[:MAX_NAME] if isinstance(value, str) else ""


def person(value: object) -> str:
    """The name in an RSS author, "mail@host (Name)" or "Name <mail@host>"; the mail address where there is no more."""
    text = name(value)
    found = _MAIL.search(text)
    if found is None:
        return text
    rest = f"{text[: found.start()]}{text[found.end() :]}".replace("()", "").strip()
    return (rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest).strip() or found[1]


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The first names that are not empty, in order, without repeats."""
    return tuple(dict.fromkeys(filter(None, names)))[:MAX_NAMES]


def language(value: object) -> str | None:
    """A BCP 47 tag in lower case, or None for what cannot be one."""
    if not isinstance(value, str):
        return None
    tag = value.strip().replace("_", "-").lower()
    return tag if _LANGUAGE.fullmatch(tag) else None
