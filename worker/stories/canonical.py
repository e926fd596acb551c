"""One spelling for the many of one address. PURE."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

_TRACKER = re.compile(
    r"""
    (?: utm | ns | mtm | hsa | wt | stm )[_.].* | pk_(?: campaign | kwd | keyword | source | medium | content | cid )
    | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | ysclid | twclid | ttclid | igshid | igsh
    | mc_[ce]id | mkt_tok | _hsenc | _hsmi | hsctatracking | vero_id | oly_(?: anon | enc )_id | wickedid | _openstat
    | at_(?: medium | campaign(?: _type )? | custom\d | link_(?: id | type | origin ) | format | ptr_name | bbc_team )
    | cmp | cmpid | s_cid | s_kwcid | ocid | cid_source | partner_cid | xtor | smid | smtyp | ito
    | fromrss | rssfeed | feedtype | feedname | __twitter_impression | guccounter | guce_referrer(?: _sig )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Query names that say where a reader comes from, never which page is meant."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"<>\\^`{|}')
_PLAIN = re.compile(rf"[{re.escape(_SAFE.replace('%', ''))}]*+")
"""What stands in an address as it is: most of them hold nothing else."""
_USUAL_HOST = r"(?:[a-z0-9-]++\.)++[a-z0-9-]*+(?<=[a-z0-9])"
_USUAL_ID = re.compile(rf"https?://({_USUAL_HOST}(?:[/?#]{_PLAIN.pattern})?+)")
_USUAL_URL = re.compile(rf"https?://({_USUAL_HOST}/[{re.escape(re.sub('[%?#]', '', _SAFE))}]*+)")
"""Most ids and addresses are in their one spelling already, but for the scheme."""
_AUTHORITY = re.compile(r"[^/?#]*+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REMEMBERED = 4_096
_SHORT = 512
"""What has more characters is not remembered: strangers could fill the memory with it."""


def canonical_url(url: str) -> str:
    """Return the URL that stands for all spellings of `url`: equal results mean the same page.

    Folded are scheme (http is https), host case, default ports, percent-encoding, a bare "?", an absent path, the
    fragment and parameters that only track readers. Order of the query, `www.` and the path's case are kept: they may
    tell pages apart. What is no http or https URL comes back without white space at its ends, else unchanged.
    """
    return _remembered_url(url) if len(url) <= _SHORT else _canonical_url(url)


def _canonical_url(url: str) -> str:
    if usual := _USUAL_URL.fullmatch(url):
        return f"https://{usual[1]}"
    stripped = url.strip()
    try:
        parts = urlsplit(stripped)
        port = parts.port
    except ValueError:
        return stripped
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return stripped
    place = _host(parts.netloc, parts.hostname, None if port in {80, 443} else port)
    query = "&".join(filter(_tells, parts.query.split("&"))) if parts.query else ""
    address = f"https://{place}{_folded(parts.path) or '/'}"
    return f"{address}?{_folded(query)}" if query else address


def fold_id(identifier: str) -> str:
    """Return a publisher's id folded as INTERFACE 8.13 says.

    Ids are case-sensitive. Of one that is a URL the scheme (http is https), white space, percent-encoding and the
    case of the host do not count; everything else does, its fragment and query too.
    """
    return _remembered_id(identifier) if len(identifier) <= _SHORT else _folded_id(identifier)


def _folded_id(identifier: str) -> str:
    if usual := _USUAL_ID.fullmatch(identifier):
        return f"https://{usual[1]}"
    stripped = identifier.strip()
    if not stripped[:8].lower().startswith(("http://", "https://")):
        return stripped
    rest = "".join(stripped.split()).partition("://")[2]
    authority = _AUTHORITY.match(rest)
    cut = authority.end() if authority else 0
    user, at, host = rest[:cut].rpartition("@")
    return f"https://{user}{at}{host.lower()}{_folded(rest[cut:])}"


_remembered_url = lru_cache(maxsize=_REMEMBERED)(_canonical_url)
_remembered_id = lru_cache(maxsize=_REMEMBERED)(_folded_id)


def _host(netloc: str, name: str, port: int | None) -> str:
    """The authority: user as given, host in lower case and IDNA, port where it is not the default."""
    user, at, _ = netloc.rpartition("@")
    name = name.rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            name = name.lower()
    if ":" in name:
        name = f"[{name}]"
    return f"{user}{at}{name}" if port is None else f"{user}{at}{name}:{port}"


def _tells(pair: str) -> bool:
    """Whether a query parameter helps to tell which page is meant."""
    return bool(pair) and _TRACKER.fullmatch(pair.partition("=")[0]) is None


def _folded(part: str) -> str:
    """Percent-encoding as RFC 3986, section 6.2.2: upper case, unreserved characters bare, all others encoded."""
    if _PLAIN.fullmatch(part):
        return part
    if "%" in part:
        part = _ESCAPE.sub(_unescaped, _STRAY_PERCENT.sub("%25", part))
    return quote(part, safe=_SAFE)


def _unescaped(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()
