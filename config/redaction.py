"""What must never stand in a log line is taken out: userinfo and queries of URLs, values of keys that hold secrets.

DESIGN 4.10, RELIABILITY 20. Also characters that would end the line or command the terminal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from config.apprise_services import SERVICES

if TYPE_CHECKING:
    from collections.abc import MutableMapping

MASK: Final = "***"

_DEEPEST: Final = 6
_SENSITIVE: Final = r"(?:[\w.-]*(?:secret|token|passw(?:or)?d|passphrase|authorization|api[_-]?key|cookie)[\w.-]*|pwd)"
_SENSITIVE_KEY: Final = re.compile(_SENSITIVE, re.IGNORECASE)
# Greedy up to the last @ before the path: a password may hold one.
_USERINFO: Final = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/?#\"'<>]*@", re.IGNORECASE)
_QUERY: Final = re.compile(r"(?P<url>\b[a-z][a-z0-9+.-]*://[^\s?\"'<>]*)\?[^\s\"'<>)\]}]*", re.IGNORECASE)
_ASSIGNED: Final = re.compile(
    rf"(?P<key>\b{_SENSITIVE}[\"']?\s*[:=]\s*)(?:(?:bearer|basic|digest|token)\s+)?"
    r"(?:b?\"[^\"]*\"|b?'[^']*'|[^\s,;&\"'}})\]]+)",
    re.IGNORECASE,
)
_CREDENTIALS: Final = re.compile(r"(?P<kind>\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_WEBHOOK_SECRET: Final = re.compile(r"\bwhsec_[\w+/=-]+")

_CONTROL: Final = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - one byte
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
} | {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_CONTROL_BUT_LINES: Final = {code: shown for code, shown in _CONTROL.items() if chr(code) not in "\n\t"}


_APPRISE: Final = re.compile(rf"\b(?P<scheme>(?:{'|'.join(SERVICES)})://)[^\s\"'<>]+", re.IGNORECASE)
"""Of these URLs any part may be a token."""


def redact(text: str) -> str:
    """Take secrets out of a text; line breaks stay."""
    if "://" in text:
        text = _APPRISE.sub(rf"\g<scheme>{MASK}", text)
        text = _QUERY.sub(rf"\g<url>?{MASK}", _USERINFO.sub(rf"\g<scheme>{MASK}@", text))
    text = _CREDENTIALS.sub(rf"\g<kind>{MASK}", _ASSIGNED.sub(rf"\g<key>{MASK}", text))
    return _WEBHOOK_SECRET.sub(f"whsec_{MASK}", text)


_SECRET_PARAMETER: Final = re.compile(
    rf"(?P<key>[?&;](?:{_SENSITIVE}|[\w.-]*(?:key|auth|sig|signature|access|session|credential)))=[^&;#]*",
    re.IGNORECASE,
)


def shown_url(url: str) -> str:
    """Return a URL as it may be shown: no user, no password, no value of a query parameter that names a secret."""
    return _SECRET_PARAMETER.sub(rf"\g<key>={MASK}", _USERINFO.sub(r"\g<scheme>", url))


def without_secrets(url: str) -> str:
    """Return a URL as it may be given away, still an address: what `shown_url` would mask is left out."""
    bare, hash_, fragment = _USERINFO.sub(r"\g<scheme>", url).partition("#")
    path, _, query = bare.partition("?")
    kept = _SECRET_PARAMETER.sub("", f"?{query}")[1:]
    return _SECRET_PARAMETER.sub("", path) + (f"?{kept}" if kept else "") + hash_ + fragment


TOLD_WHOLE: Final = "tocsin.alerts"
"""The logger of the log channel. Its lines are what a subscriber reads: headlines and links stay as they are."""


def redact_event(_logger: object, _name: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    """Structlog processor: `redact` every value, and escape control characters; tracebacks keep their lines."""
    if event.get("logger") == TOLD_WHOLE:
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = _USERINFO.sub(rf"\g<scheme>{MASK}@", value).translate(_CONTROL)
        return event
    for key, value in event.items():
        if key in {"exception", "stack"}:
            event[key] = redact(str(value)).translate(_CONTROL_BUT_LINES)
        elif not key.startswith("_"):
            event[key] = _clean(key, value, 0)
    return event


def _clean(key: str, value: object, depth: int) -> object:
    if _SENSITIVE_KEY.fullmatch(key):
        return MASK
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict) and depth < _DEEPEST:
        return {_text(name): _clean(str(name), part, depth + 1) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
        return [_clean("", part, depth + 1) for part in value]
    return _text(value)


def _text(value: object) -> str:
    return redact(value if isinstance(value, str) else str(value)).translate(_CONTROL)
