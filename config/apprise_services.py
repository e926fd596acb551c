"""The services that messages go to by Apprise, and what may be shown of their URLs.

A short list, not all that Apprise knows: chats and pushes that people read, whose plugins speak HTTP by `requests` and
nothing else, so that `worker.channels.apprise` can put the guarded client in its place. None that acts on this machine
(dbus, syslog, a program), none that sends mail or posts as the webhook does, none from a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Service:
    """A service.

    Attributes:
        module, plugin: Where Apprise has it.
        tongue: How its receivers read text, see `worker.alerts.tongues`.
        titled: What the title is that they show: the subject, or the lists' names, by which Zulip keeps topics apart.
        hosted: Whether the URL's host is one, and no token.
        gone: Statuses that say that nothing will ever arrive there again, beside 410.
        settings: What its plugin is told besides.
    """

    module: str
    plugin: str
    tongue: str
    titled: Literal["", "subject", "lists"] = ""
    hosted: bool = False
    gone: frozenset[int] = frozenset()
    settings: Mapping[str, object] = field(default_factory=dict)


_UNKNOWN: Final = frozenset({404})
"""Of a URL that the service itself has made for us; others may be put right at their server."""

_NTFY: Final = Service("ntfy", "NotifyNtfy", "text", titled="subject", hosted=True)
_MATRIX: Final = Service("matrix", "NotifyMatrix", "text", hosted=True, settings={"e2ee": False})
"""Without keys that outlast a message there is nothing to encrypt with."""

_MATTERMOST: Final = Service("mattermost", "NotifyMattermost", "markdown", hosted=True)
_GOTIFY: Final = Service("gotify", "NotifyGotify", "text", titled="subject", hosted=True)
_ROCKET: Final = Service("rocketchat", "NotifyRocketChat", "bare markdown")
_SIGNAL: Final = Service("signal_api", "NotifySignalAPI", "text", hosted=True)
_TEAMS: Final = Service("workflows", "NotifyWorkflows", "card", gone=_UNKNOWN)

SERVICES: Final[dict[str, Service]] = {
    "ntfy": _NTFY,
    "ntfys": _NTFY,
    "tgram": Service("telegram", "NotifyTelegram", "html", gone=frozenset({403})),
    "slack": Service("slack", "NotifySlack", "mrkdwn", gone=_UNKNOWN),
    "discord": Service("discord", "NotifyDiscord", "markdown", gone=_UNKNOWN),
    "matrix": _MATRIX,
    "matrixs": _MATRIX,
    "mmost": _MATTERMOST,
    "mmosts": _MATTERMOST,
    "gotify": _GOTIFY,
    "gotifys": _GOTIFY,
    "pover": Service("pushover", "NotifyPushover", "text", titled="subject"),
    "rocket": _ROCKET,
    "rockets": _ROCKET,
    "zulip": Service("zulip", "NotifyZulip", "markdown", titled="lists"),
    "workflows": _TEAMS,
    "workflow": _TEAMS,
    "signal": _SIGNAL,
    "signals": _SIGNAL,
    "pbul": Service("pushbullet", "NotifyPushBullet", "text", titled="subject"),
}

_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+|localhost|\[[0-9a-f:.]+\]")


def service_of(url: str) -> Service:
    """Return the service that a URL names; KeyError where it is none of ours."""
    return SERVICES[url.partition("://")[0].lower()]


def shown_apprise(url: str) -> str:
    """Return what may be shown of a URL: its scheme, and its host where that is one and no token or topic."""
    scheme, _, rest = url.partition("://")
    service = SERVICES.get(scheme.lower())
    authority, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    host = authority.rpartition("@")[2].lower()
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    if service is None or not service.hosted or not (slash and path) or not _HOST.fullmatch(name):
        return f"{scheme}://..."
    return f"{scheme}://{host}/..."
