"""Apprise: chats and pushes, by its plugins, over the guarded client (RELIABILITY 18)."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import structlog

from config.apprise_services import service_of, shown_apprise
from worker.alerts.chat import chat, in_utf16, title
from worker.alerts.lines import one_line
from worker.alerts.template import TemplateFailed, in_their_words
from worker.alerts.tongues import TONGUES, inert
from worker.alerts.words import names
from worker.channels.plugin_http import TALK, Talk, stand_in
from worker.channels.trouble import GATEWAY, may_have_arrived, trouble, without_secrets
from worker.errors import ChannelError, FetchError, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.apprise_services import Service
    from worker.alerts.model import Address, Message
    from worker.channels.plugin_http import Exchange
    from worker.channels.ports import HttpClient

SECONDS = 25.0
"""For a message in all, log-in and look-ups included."""

GONE = 410
REDIRECT = range(300, 400)
SUCCESS = range(200, 300)

NTFY_LIMIT = 3_900
"""Characters of JSON, which are at least as many as bytes: ntfy makes an attachment of more than 4,096 bytes."""

FORMATS = {"text": "text", "html": "html", "markdown": "markdown", "mrkdwn": "markdown"}
"""What Apprise calls the tongues."""

log = structlog.get_logger(__name__)


class AppriseChannel:
    """Sends by an Apprise URL of one of the services in `config.apprise_services`."""

    def __init__(
        self, client: HttpClient, *, seconds: float = SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._monotonic = monotonic

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError; its text names the service, and its host where that is no secret."""
        self.tell(message, address)

    def tell(self, message: Message, address: Address) -> str:
        """Send as `send` does, and return what the service answered."""
        url, label = address.address, shown_apprise(address.address)
        plugin, service = _plugin(url, label)
        said = {"body": _words(message, service, plugin, address), "title": _title(message, service, plugin)}
        talk = Talk(self._client, self._monotonic() + self._seconds, self._monotonic)
        token = TALK.set(talk)
        try:
            taken = plugin.send(**said, **_as_it_is(service))
        except Exception as error:
            # A plugin's code, on whatever a stranger answered.
            failed = ChannelError(f"{label}: Apprise failed: {place_of(error)}")
            raise _failure(talk, service, url, label) or failed from error
        finally:
            TALK.reset(token)
        if not taken or not talk.exchanges:
            raise _failure(talk, service, url, label) or ChannelError(f"{label}: Apprise sent nothing")
        return f"{label} took it ({len(talk.exchanges)} request{'' if len(talk.exchanges) == 1 else 's'})"


def preview(message: Message, address: Address) -> tuple[str, str]:
    """Return title and text as `AppriseChannel` would send them."""
    plugin, service = _plugin(address.address, shown_apprise(address.address))
    return _title(message, service, plugin), _words(message, service, plugin, address)


def _plugin(url: str, label: str) -> tuple[Any, Service]:
    """The plugin for a URL, speaking by us, and its service."""
    from config.apprise_urls import plugin_of  # noqa: PLC0415 - Apprise is loaded only where somebody hears by it

    try:
        service, plugin = service_of(url), plugin_of(url)
    except KeyError:
        raise ChannelError(f"{label}: none of the services that messages go to", permanent=True) from None
    if plugin is None:
        raise ChannelError(f"{label}: Apprise cannot read this URL", permanent=True)
    stand_in()
    plugin.throttle = lambda *_, **__: None  # it would sleep, while the message is ours for half a minute only
    return plugin, service


def _words(message: Message, service: Service, plugin: Any, address: Address) -> str:  # noqa: ANN401 - a plugin
    """The message as the service's receivers read it, in the subscriber's own words where these can be told."""
    tongue = TONGUES[service.tongue]
    limit, length = _limit(service, plugin)
    ours = chat(message, tongue, limit=limit, length=length)
    if address.template is None or not message.alerts:
        return ours
    try:
        theirs = in_their_words(address.template, message, tongue, text=ours)
    except TemplateFailed as error:
        reason = str(error)
    else:
        if length(theirs) <= limit:
            return theirs
        reason = f"it makes more than the {limit:,} characters that fit"
    log.warning("template failed", channel="apprise", subscriber=message.subscriber, reason=reason)
    return ours


def _title(message: Message, service: Service, plugin: Any) -> str:  # noqa: ANN401 - a plugin
    if service.titled == "lists":
        lists = dict.fromkeys(name for facts in message.alerts for name in facts.watch_lists)
        return one_line(inert(names(tuple(lists)) or "Tocsin"), plugin.title_maxlen)
    return title(message, limit=plugin.title_maxlen) if service.titled else ""


def _limit(service: Service, plugin: Any) -> tuple[int, Callable[[str], int]]:  # noqa: ANN401 - a plugin
    if service.module == "ntfy":
        return NTFY_LIMIT, lambda text: len(json.dumps(text))
    return int(plugin.body_maxlen), in_utf16


def _as_it_is(service: Service) -> dict[str, Any]:
    """Arguments by which a plugin takes the text for what its service reads already."""
    from apprise import NotifyFormat, NotifyType  # noqa: PLC0415 - loaded by now

    format_ = NotifyFormat(FORMATS[TONGUES[service.tongue].name])
    return {"notify_type": NotifyType.INFO, "body_format": format_, "body_passthrough": False}


def _failure(talk: Talk, service: Service, url: str, label: str) -> ChannelError | None:
    """What the last thing that the service said, or did not say, means; None where it was asked nothing.

    Which of several requests was the message, only the plugin knows: any that may have arrived makes it ambiguous.
    """
    if not talk.exchanges:
        return None
    ambiguous = any(map(_is_unsure, talk.exchanges))
    outcome = talk.exchanges[-1].outcome
    # Where the host is a token, or leads to one, all of the URL is.
    private = url if service.hosted else url.replace("://", "://-/", 1)
    if isinstance(outcome, FetchError):
        said = without_secrets(trouble(outcome, label), str(outcome), private)
        return ChannelError(said, ambiguous=ambiguous)
    if outcome.status == GONE or outcome.status in service.gone:
        text = f"{label} answered {outcome.status}: nothing arrives there any more"
        return ChannelError(text, permanent=True, disable=True, ambiguous=ambiguous)
    text = f"{label} answered {outcome.status}"
    if outcome.status in REDIRECT:
        text += ", a redirect, which is not followed"
    elif outcome.status in SUCCESS:
        text += ", but did not take the message"
    answer = outcome.content.decode("utf-8", "replace")
    said = without_secrets(text, answer, private)
    return ChannelError(said, retry_after=outcome.retry_after, ambiguous=ambiguous)


def _is_unsure(exchange: Exchange) -> bool:
    """Whether a request that may have been the message may have arrived, though nobody said so."""
    method, outcome = exchange
    if method == "GET":
        return False
    return may_have_arrived(outcome) if isinstance(outcome, FetchError) else outcome.status in GATEWAY
