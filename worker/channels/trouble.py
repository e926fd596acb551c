"""What is said of trouble with a receiver: its host, and what it answered, but nothing that is secret."""

from __future__ import annotations

import re
from urllib.parse import unquote

from worker.alerts.lines import flat, one_line
from worker.errors import BadResponse, DeadlineExceeded, FetchError, Refused

EXCERPT_LIMIT = 200
SHORTEST_SECRET = 3

GATEWAY = frozenset({502, 504})
"""What a gateway answers where the server behind it gave no good answer, or none: that may have the message."""


def may_have_arrived(error: FetchError) -> bool:
    """Whether the message may be there in spite of the error: it had gone out, and no answer was understood."""
    return error.sent and not isinstance(error, Refused)


def trouble(error: FetchError, host: str) -> str:
    """Say what went wrong on the way to `host`."""
    match error:
        case Refused():
            return f"our own policy refuses the address of {host}; the setting deliver_allow can allow it"
        case DeadlineExceeded():
            return f"{host} took too long"
        case BadResponse():
            return f"the answer of {host} cannot be trusted"
        case _:
            return f"{host} cannot be reached"


def without_secrets(text: str, detail: str, url: str) -> str:
    """Add what the other side said, unless it quotes a part of the URL that may be secret: userinfo, path, query."""
    said = flat(detail).casefold().rstrip("\ufffd")
    # Of a long answer the client hands on the opening only.
    cut = len(detail) > EXCERPT_LIMIT
    quoted = any(part in said or (cut and _begins_at_the_end(said, part)) for part in _private_parts(url))
    shown = one_line(detail, EXCERPT_LIMIT)
    return text if quoted or not shown else f"{text}: {shown}"


def _begins_at_the_end(said: str, part: str) -> bool:
    """Whether `said` may have been cut off in the middle of `part`."""
    return said.endswith(tuple(part[:length] for length in range(SHORTEST_SECRET, min(len(said), len(part)) + 1)))


def _private_parts(url: str) -> set[str]:
    """Userinfo, path and query, whole and in pieces, as written and decoded; two letters alone betray nothing."""
    authority, *rest = re.split(r"[/?#]", url.partition("://")[2].casefold(), maxsplit=1)
    wholes = [authority.rpartition("@")[0], *"".join(rest).split("?")]
    wholes += [unquote(whole) for whole in wholes]
    pieces = [piece for whole in wholes for piece in (*re.split(r"[/#&=:]+", whole), *re.findall(r"[^\W_]+", whole))]
    return {part for part in (*wholes, *pieces) if len(part) >= SHORTEST_SECRET}
