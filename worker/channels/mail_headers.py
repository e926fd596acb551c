"""The headers of a mail: which there are, in which order, and that they are no others (RELIABILITY 15)."""

from __future__ import annotations

import re
from email.header import Header
from email.policy import EmailPolicy
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from worker.alerts.grouping import by_story
from worker.alerts.safe_links import safe_link
from worker.errors import ChannelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from worker.alerts.model import Message

HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted")
"""Those of every mail, in this order; those of `raw_headers` come before the last."""

ALONE = ("Content-Type", "Content-Transfer-Encoding", "MIME-Version")
"""What ends the headers of a mail of one part ..."""

PARTS = ("MIME-Version", "Content-Type")
"""... and of several."""

WRITTEN_AS_THEY_ARE = frozenset({"In-Reply-To", "References", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"})

SLUG_LIMIT = 40
LINE_LIMIT = 900
"""Characters of a header that is not folded; a line has 998 at most (RFC 5322, section 2.1.1)."""


class Policy(EmailPolicy):
    """Writes the subject by email.header: the newer code loses spaces, or joins words (CPython 92081, 144156).

    Ids and addresses stay whole: the newer code would make encoded words of long ones.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write one header with its name, folded, ending in CRLF."""
        if name in WRITTEN_AS_THEY_ARE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if name != "Subject" or value.isascii():
            return super().fold_binary(name, value)
        encoded = Header(value, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}".encode("ascii")


def raw_headers(message: Message, domain: str) -> list[tuple[str, str]]:
    """The headers that only some mails have, with their values, in order.

    The message that an update follows (RFC 5322, section 3.6.4); the list that it comes of (RFC 2919); how to hear no
    more of it: over https by one click (RFC 8058), which asks for that, else by a page of ours (RFC 2369).
    """
    found: list[tuple[str, str]] = []
    if message.first_key is not None:
        first = f"<{message.first_key}@{domain}>"
        found += [("In-Reply-To", first), ("References", first)]
    label = _list_label(message)
    if label is not None:
        found.append(("List-Id", f"<{label}.{domain}>"))
    unsubscribe = safe_link(None if message.links is None else message.links.unsubscribe)
    if unsubscribe is not None and len(unsubscribe) <= LINE_LIMIT:
        found.append(("List-Unsubscribe", f"<{unsubscribe}>"))
        if urlsplit(unsubscribe).scheme == "https":
            found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return found


def check_headers(raw: bytes, to: str, own: Sequence[tuple[str, str]], *, parts: bool) -> None:
    """Raise ChannelError unless the header lines of `raw` are exactly the expected, `To` and `own` with their values.

    Python 3.11.7 lets a hostile value break out of its header (CVE-2024-6923, CVE-2026-1299).
    """
    expected = [*HEADERS[:-1], *(name for name, _ in own), HEADERS[-1], *(PARTS if parts else ALONE)]
    head, separator, _ = raw.partition(b"\r\n\r\n")
    found: list[tuple[str, str]] = []
    stray = b"\r" in head.replace(b"\r\n", b"") or b"\n" in head.replace(b"\r\n", b"") or not head.isascii()
    for line in head.decode("ascii", "replace").split("\r\n"):
        if line.startswith((" ", "\t")) and found:
            name, value = found.pop()
            found.append((name, value + line))
        else:
            name, _, value = line.partition(":")
            found.append((name, value))
    exact = {"To": to, **dict(own)}
    values = {name: value.strip() for name, value in found if name in exact}
    if not separator or stray or [name for name, _ in found] != expected or values != exact:
        raise ChannelError("the mail's headers are not the ones we wrote; it was not sent", permanent=True)


def _list_label(message: Message) -> str | None:
    """What stands before the domain in the List-Id: 'ukraine.1f9a2c3d.lists'; None for a notice."""
    lists = list(dict.fromkeys(name for story in by_story(message.alerts) for name in story.lists))
    if message.type == "digest.created" and len(lists) != 1:
        return "digest.lists"
    if not message.alerts:
        return None
    name = lists[0] if len(lists) == 1 else message.alerts[0].watch_list
    slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:SLUG_LIMIT].strip("-")
    return f"{slug or 'list'}.{blake2b(name.encode('utf-8', 'replace'), digest_size=4).hexdigest()}.lists"
