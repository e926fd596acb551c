"""One hop's address, taken apart; what goes on the wire never holds userinfo or a fragment."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

import httpx
import yarl

from worker.errors import Refused
from worker.fetch.host import Host, canonical_host

DEFAULT_PORTS = {"http": 80, "https": 443}
REMEMBERED = 8192
"""Addresses that are kept as they were taken apart, some 2 KB each ..."""
SHORT = 512
"""... if they have no more characters than this: others are written by strangers, to fill the room."""
_LAST_PORT = 65535
_AUTHORITY = re.compile(r"[^/?#]*+//([^/?#]*+)")


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes.

    Attributes:
        url: As validators and the store know it: as configured, or of a redirect; may hold userinfo, so never print it.
        wire: The URL to ask: canonical host, no userinfo, no fragment.
        line: The same, for the connection below.
        host, port: Where it leads.
        authority: The value of the Host header (RFC 9110 section 7.2).
        place: `host:port`, which is all that messages may say of a URL (DESIGN 4.10).
        userinfo: `user:password` as written in the URL (percent-encoded), or b"".
    """

    url: str
    wire: httpx.URL
    line: yarl.URL
    host: Host
    port: int
    authority: str
    place: str
    userinfo: bytes

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port (RFC 6454)."""
        return self.wire.scheme, self.host.name, self.port

    @property
    def authorization(self) -> str | None:
        """The value of a Basic Authorization header (RFC 7617) for the userinfo, or None without one."""
        if not self.userinfo:
            return None
        user, _, password = self.userinfo.partition(b":")
        return "Basic " + b64encode(unquote_to_bytes(user) + b":" + unquote_to_bytes(password)).decode("ascii")


def target_of(url: str) -> Target:
    """Take a URL apart; Refused unless it is http or https with a host and port of plain form.

    Remembered, for to take one apart costs a good part of what an unchanged feed's poll does, and the same come again.
    """
    return _remembered(url) if len(url) <= SHORT else _taken_apart(url)


def _taken_apart(url: str) -> Target:
    _refuse_odd_authority(url)
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError):
        # Not `from`: the library's message quotes the URL.
        raise Refused("not a URL of a form that we follow") from None
    return target_at(parsed, url)


_remembered = lru_cache(maxsize=REMEMBERED)(_taken_apart)


def target_at(parsed: httpx.URL, url: str = "") -> Target:
    """As `target_of`, for a URL that is parsed already; `url` is how others know it."""
    if parsed.scheme not in DEFAULT_PORTS:
        raise Refused(f"scheme refused: {parsed.scheme[:20]!r}")
    try:
        host = canonical_host(parsed.raw_host.decode("ascii"))
    except UnicodeError:  # the library takes some that it cannot write down
        raise Refused("a URL with a host of no form that we follow") from None
    port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 < port <= _LAST_PORT:
        raise Refused(f"port refused: {port}")
    wire = parsed
    if parsed.userinfo or parsed.fragment or host.name.encode() != parsed.raw_host:  # each copy is parsed anew
        wire = parsed.copy_with(host=host.name, userinfo=b"", fragment=None)
    return _leading(url, wire, host, port, parsed.userinfo)


def _leading(url: str, wire: httpx.URL, host: Host, port: int, userinfo: bytes) -> Target:
    path, _, query = wire.raw_path.decode("ascii").partition("?")
    name = f"[{host.name}]" if ":" in host.name else host.name
    line = yarl.URL.build(scheme=wire.scheme, host=name, port=port, path=path, query_string=query, encoded=True)
    return Target(url, wire, line, host, port, wire.netloc.decode("ascii"), host.at(port), userinfo)


def redirect_target(location: bytes, *, base: Target, configured: Target) -> Target:
    """Resolve a Location header against the hop that sent it.

    Userinfo in the Location is dropped; that of the `configured` target goes along to its own origin only, and from
    https to http nobody takes credentials (RELIABILITY 11). Refused where we do not go, and where it is no URL.
    """
    try:
        text = location.decode("utf-8")
    except UnicodeDecodeError:
        text = location.decode("latin-1")
    _refuse_odd_authority(text)
    try:
        joined = base.wire.join(text.strip())
    except (httpx.InvalidURL, ValueError):
        raise Refused(f"{base.place}: a redirect to a URL of a form that we do not follow") from None
    target = target_at(joined)
    if configured.userinfo and base.wire.scheme == "https" and target.wire.scheme == "http":
        raise Refused(f"{base.place}: redirect from https to http ({target.place}) with credentials")
    if target.origin != configured.origin or not configured.userinfo:
        return _leading(str(target.wire), target.wire, target.host, target.port, b"")
    url = target.wire.copy_with(userinfo=configured.userinfo)
    return _leading(str(url), target.wire, target.host, target.port, configured.userinfo)


def _refuse_odd_authority(url: str) -> None:
    """Refuse what others read otherwise than the library below: whoever vets by the one reading is fooled."""
    found = _AUTHORITY.match(url)
    if found is None:
        return
    # Browsers end the authority at a backslash, most others do not.
    if "\\" in found[1]:
        raise Refused("a URL with a backslash in its authority refused")
    # The library takes whatever int() does: a sign, blanks, digits of any script.
    _, colon, port = found[1].rpartition(":")
    if colon and port and not (port.isascii() and port.isdigit()) and not ("]" in port or "@" in port):
        raise Refused("a URL with a port that is no plain number refused")
