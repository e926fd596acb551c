"""The kinds of single values that the files hold, as pydantic types.

Each refusal says what to write instead. It shows the value, if at all, as {given}, which `config.explain` replaces by
what stands in the file: never by what `${NAME}` was filled in with.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
import unicodedata
import zoneinfo
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints, WithJsonSchema

from config.apprise_urls import apprise_url
from config.duration import PATTERN, parse_duration, write_duration
from config.hours import IMMEDIATELY, QUIET_PATTERN, SCHEDULE_PATTERN, parse_quiet_hours, parse_schedule
from config.nearest import nearest
from config.refusing import refuse
from config.templates import template_text
from config.values import QuietHours, Schedule

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MAILBOX = re.compile(
    r"(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_MAILBOX_LONGEST = 254
_SECRET_BYTES = range(24, 65)
_SECRETS = range(1, 6)
_AT_MOST = re.compile(r"([0-9]{1,6}) per (\w+)")


def as_kept(text: str) -> str:
    """Text as values hold it: trimmed, in Unicode form C; texts that are equal so are the same name or address."""
    return unicodedata.normalize("NFC", text.strip())


def one_line(text: str) -> str:
    """Text without control characters (it may become a header or a log line), in Unicode form C, trimmed."""
    if _CONTROL.search(text):
        refuse("this must be one line of text, without tabs or control characters")
    kept = as_kept(text)
    if not kept:
        refuse("this is empty; write something or remove the line")
    return kept


def web_address(text: str) -> str:
    """Check an absolute http or https URL; which hosts are allowed is the egress guard's business."""
    address = one_line(text)
    if re.search(r"[\s\\]", address):
        refuse("an address holds no spaces and no backslashes; write %20 for a space")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        refuse("this address cannot be read; check its host, port and brackets")
    if parts.scheme not in {"http", "https"}:
        refuse("write the whole address, beginning with https:// or http://")
    if not host:
        refuse("this address names no host")
    return address


def opml_source(text: str) -> str:
    """Check where something lies: an http or https URL, or a path, which is not looked at."""
    written = one_line(text)
    if "://" in written:
        return web_address(written)
    if re.match(r"[a-z]{4,}:", written, re.IGNORECASE):
        refuse("write an address that begins with https:// or http://, or a path")
    return written


def query_text(text: str) -> str:
    """A query, of any number of lines, trimmed. What it means is checked where queries are read."""
    trimmed = text.strip()
    if not trimmed:
        refuse("the query is empty; write one, or `keywords: [...]`")
    return trimmed


def mailbox(text: str) -> str:
    """Check one bare address of RFC 5321's common form; quoted, literal and internationalised ones are refused."""
    address = one_line(text)
    if len(address) > _MAILBOX_LONGEST or not _MAILBOX.fullmatch(address):
        refuse("write one bare address, like desk@example.org (a domain in other letters in its xn-- form)")
    return address


def webhook_secret(text: str) -> str:
    """Check a secret of the Standard Webhooks specification: `whsec_` and 24 to 64 bytes in base64."""
    key = text.removeprefix("whsec_").rstrip("=")
    try:
        size = len(base64.b64decode(key + "=" * (-len(key) % 4), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not text.startswith("whsec_") or size not in _SECRET_BYTES:
        refuse(
            'a secret is `whsec_` and 24 to 64 random bytes in base64; make one with: echo "whsec_$(openssl rand '
            '-base64 32)", put it into the environment and write ${ITS_NAME} here'
        )
    return text


def webhook_secrets(value: object) -> str:
    """Read one secret, or several, the newest first, while receivers change theirs; return them with spaces between."""
    secrets = [value] if isinstance(value, str) else value
    if not isinstance(secrets, list) or not all(isinstance(one, str) for one in secrets):
        refuse("write one secret, or a list of them: `[${NEW}, ${OLD}]`")
    if len(secrets) not in _SECRETS:
        refuse(f"write 1 to {_SECRETS[-1]} secrets, the newest first")
    if len(set(secrets)) < len(secrets):
        refuse("one of these secrets stands here twice; keep one of them")
    return " ".join([webhook_secret(one) for one in secrets])


@functools.cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def time_zone(text: str) -> str:
    """Check an IANA time zone name, by the system's data or tzdata's."""
    name = one_line(text)
    if name not in _time_zones():
        near = nearest(name, _time_zones())
        refuse(
            f"unknown time zone {{given}}; did you mean `{near}`?"
            if near
            else "unknown time zone {given}; write an IANA name such as Europe/Kyiv"
        )
    return name


def duration(value: object, *, least: timedelta) -> timedelta:
    """Read `30s 5m 24h 90d`, not below `least`."""
    found = parse_duration(value) if isinstance(value, str) else None
    if found is None:
        refuse("{given} is no duration; write a whole number and its unit, like 30s, 5m, 24h or 90d (3650d at most)")
    if found < least:
        refuse(f"{{given}} is too short; {write_duration(least)} is the least")
    return found


def at_most(value: object) -> int | None:
    """Read `N per hour`, or `none` for no limit."""
    if isinstance(value, int) and not isinstance(value, bool):
        refuse(f"write `{value} per hour`, or `none` for no limit")
    if not isinstance(value, str):
        refuse("write `30 per hour`, or `none` for no limit")
    if value == "none":
        return None
    found = _AT_MOST.fullmatch(value.strip())
    if found and found[2] != "hour":
        refuse("{given}: limits are per hour only; write `30 per hour`")
    if not found or int(found[1]) == 0:
        refuse("write `30 per hour` (1 at least), or `none` for no limit")
    return int(found[1])


def schedule(value: object) -> Schedule:
    """Read when digests are due."""
    found = parse_schedule(value) if isinstance(value, str) else None
    if found is None:
        refuse("{given}: write `hourly`, `daily at 08:00` or `weekly on monday at 08:00`")
    return found


def told_when(value: object) -> Schedule | None:
    """Read `immediately`, or when digests are due."""
    if value == IMMEDIATELY:
        return None
    found = parse_schedule(value) if isinstance(value, str) else None
    if found is None:
        refuse("{given}: write `immediately`, `hourly`, `daily at 08:00` or `weekly on monday at 08:00`")
    return found


def quiet_hours(value: object) -> QuietHours:
    """Read `22:00-07:00`."""
    found = parse_quiet_hours(value) if isinstance(value, str) else None
    if found is None:
        refuse("{given}: write `22:00-07:00`, from when to when, two different times of the day")
    return found


Line = Annotated[str, StringConstraints(max_length=1000), AfterValidator(one_line)]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(one_line)]
WebAddress = Annotated[str, StringConstraints(max_length=8000), AfterValidator(web_address)]
OpmlSource = Annotated[str, StringConstraints(max_length=8000), AfterValidator(opml_source)]
Query = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(query_text)]
Mailbox = Annotated[str, AfterValidator(mailbox)]
WebhookSecrets = Annotated[
    str,
    PlainValidator(webhook_secrets),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": _SECRETS[-1]},
            ]
        }
    ),
]
AppriseUrl = Annotated[str, StringConstraints(max_length=2000), AfterValidator(one_line), AfterValidator(apprise_url)]
Template = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(template_text)]
TimeZone = Annotated[str, AfterValidator(time_zone)]

_DURATION_SCHEMA = WithJsonSchema({"type": "string", "pattern": PATTERN})

Wait = Annotated[timedelta, PlainValidator(functools.partial(duration, least=timedelta(0))), _DURATION_SCHEMA]
Interval = Annotated[
    timedelta, PlainValidator(functools.partial(duration, least=timedelta(seconds=1))), _DURATION_SCHEMA
]
AtMost = Annotated[
    int | None, PlainValidator(at_most), WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,6} per hour|none)$"})
]
Digests = Annotated[Schedule, PlainValidator(schedule), WithJsonSchema({"type": "string", "pattern": SCHEDULE_PATTERN})]
ToldWhen = Annotated[
    Schedule | None,
    PlainValidator(told_when),
    WithJsonSchema({"anyOf": [{"const": IMMEDIATELY}, {"type": "string", "pattern": SCHEDULE_PATTERN}]}),
]
Quiet = Annotated[QuietHours, PlainValidator(quiet_hours), WithJsonSchema({"type": "string", "pattern": QUIET_PATTERN})]
Tags = Annotated[list[Name], Field(max_length=100)]
