"""One spelling for the many of one address. PURE."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

from worker.stories.wrappers import unwrapped

_TRACKER = re.compile(
    r"""
    (?: utm | ns | mtm | matomo | piwik | hsa | wt | stm )[_.].*
    | pk_(?: campaign | kwd | keyword | source | medium | content | cid )
    | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | gad_source | gad_campaignid | srsltid | epik | msclkid
    | yclid | ysclid | twclid | ttclid | li_fat_id | rdt_cid | sccid | igshid | igsh | mibextid
    | fb_(?: action_ids | action_types | source | ref ) | _branch_match_id | _branch_referrer
    | mc_[ce]id | mkt_tok | __hs.* | _hsenc | _hsmi | hsctatracking | vero_(?: id | conv ) | oly_(?: anon | enc )_id
    | wickedid | _openstat | _ga | _gl | _ke | dm_i | sfmc_.* | elqtrack.* | trk_.* | bsft_.*
    | ml_subscriber(?: _hash )?
    | at_(?: medium | campaign(?: _type )? | custom\d | link_(?: id | type | origin ) | format | ptr_name | bbc_team )
    | cmp | cmpid | s_cid | s_kwcid | ocid | cid_source | partner_cid | xtor | smid | smtyp | ito | ncid | icid | cvid
    | fromrss | rssfeed | feedtype | feedname | rss | rss_?id | syndication-ref | traffic_source | ftag | spm
    | __twitter_impression | guccounter | guce_referrer(?: _sig )? | share_source | ref_src | ref_url
    | amp | amp_.* | usqp
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Query names that say where a reader comes from or on what he reads, never which page is meant."""
_FROM_A_FEED = re.compile(
    r"(?:ref|from|source|src|via|origin|partner|mod|type|output)=(?:rss|feed|feedburner|atom)(?:[-_]\w+)?|output(?:type)?=amp",
    re.IGNORECASE,
)
"""Pairs that do; with other values the same names may tell pages apart."""
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"<>\\^`{|}')
_PLAIN = re.compile(rf"[{re.escape(_SAFE.replace('%', ''))}]*+")
"""What stands in an address as it is: most of them hold nothing else."""
_USUAL_HOST = r"(?>[a-z0-9-]++\.)++[a-z0-9-]*+(?<=[a-z0-9])"
_USUAL_ID = re.compile(rf"https?://({_USUAL_HOST}(?>[/?#]{_PLAIN.pattern})?+)")
_USUAL_URL = re.compile(
    rf"https?://(?!(?:m|mobile|news\.google)\.)({_USUAL_HOST}/[{re.escape(re.sub('[%?#]', '', _SAFE))}]*+)"
)
"""Most ids and addresses are in their one spelling already, but for the scheme."""
_AMP = re.compile(r"amp(?:project)?(?![\w-])(?<![\w-]amp)(?<![\w-]ampproject)")
"""Looked for where "amp" is found at all: one address in thirty has a champion or a campaign in it."""
_SMALL_HOST = re.compile(r"(?:(?:amp|m|mobile)\.)+(?=[^.]+\.[^.])")
_SMALL_LABEL = re.compile(r"(?:\.m)+(?=\.[^.]+\.[^.]+$)")
_AMP_PATH = re.compile(r"(?:/amp)+(?=/|$)|\.amp(?=(?:\.html?)?/?$)", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/?#]*+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REMEMBERED = 4_096
_NAMES = 1_024
_MOST_WRAPPERS = 5
"""So often one wrapper may stand in another; a stranger's address may hold hundreds, and each is taken apart anew."""
_SHORT = 512
"""What has more characters is not remembered: strangers could fill the memory with it."""


def canonical_url(url: str) -> str:
    """Return the URL that stands for all spellings of `url`: equal results mean the same page.

    Folded are scheme (http is https), host case, default ports, percent-encoding, a bare "?", an absent path, the
    fragment and parameters that only track readers; AMP and mobile pages are the page itself, on `www.`; of what leads
    to a page by way of somebody else (`worker.stories.wrappers`) the page counts. Order of the query, `www.` and the
    path's case are kept: they may tell pages apart. What is no http or https URL comes back without white space at its
    ends, else unchanged.
    """
    return _remembered_url(url) if len(url) <= _SHORT else _canonical_url(url)


def _canonical_url(url: str) -> str:
    usual = _USUAL_URL.fullmatch(url)
    if usual and not ("amp" in url and _AMP.search(url)) and ".m." not in url:
        return f"https://{usual[1]}"
    given, left = url, _MOST_WRAPPERS
    while True:
        stripped = url.strip()
        try:
            parts = urlsplit(stripped)
            port = parts.port
        except ValueError:
            return stripped
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return stripped
        host = _whole_host(_ascii_host(parts.hostname))
        target = unwrapped(f"{host}{parts.path}", parts.query)
        if target is None or len(target) >= len(url) or left < 0:
            break
        # So deep in wrappers is no page: the address stands as it is, whole, and would be folded so again.
        url, left = (target, left - 1) if left else (given, -1)
    place = _place(parts.netloc, host, None if port in {80, 443} else port)
    path = _whole_path(_folded(parts.path) or "/")
    query = "&".join(filter(_tells, parts.query.split("&"))) if parts.query else ""
    address = f"https://{place}{path}"
    return f"{address}?{_folded(query)}" if query else address


def _whole_host(name: str) -> str:
    """The host of the page itself for that of its AMP or mobile edition; for most that is `www.`."""
    name = _SMALL_LABEL.sub("", name)
    small = _SMALL_HOST.match(name)
    if small is None:
        return name
    rest = name[small.end() :]
    return rest if rest.startswith("www.") else f"www.{rest}"


def _whole_path(path: str) -> str:
    """The path of the page itself; one that says nothing but "amp" is a page of its own."""
    while (whole := _AMP_PATH.sub("", path)).strip("/") and whole != path:
        path = whole
    return path


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


def _ascii_host(name: str) -> str:
    """A host in IDNA, without a dot at its end; `name` is in lower case."""
    name = name.rstrip(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name.lower()


def _place(netloc: str, name: str, port: int | None) -> str:
    """The authority: user as given, host, port where it is not the default."""
    user, at, _ = netloc.rpartition("@")
    if ":" in name:
        name = f"[{name}]"
    return f"{user}{at}{name}" if port is None else f"{user}{at}{name}:{port}"


def _tells(pair: str) -> bool:
    """Whether a query parameter helps to tell which page is meant."""
    return bool(pair) and not _tracks(pair.partition("=")[0][:_SHORT]) and _FROM_A_FEED.fullmatch(pair) is None


@lru_cache(maxsize=_NAMES)
def _tracks(name: str) -> bool:
    return _TRACKER.fullmatch(name) is not None


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
