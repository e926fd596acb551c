"""Signed webhook: one POST as the Standard Webhooks specification has it (INTERFACE 4)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from worker.alerts.lines import flat, one_line
from worker.alerts.payload import payload
from worker.errors import BadResponse, ChannelError, DeadlineExceeded, FetchError, Refused

if TYPE_CHECKING:
    from worker.alerts.model import Address, Message
    from worker.channels.ports import Answer, PostClient
    from worker.clock import Clock

SUCCESS = range(200, 300)
REDIRECT = range(300, 400)
GONE = 410
EXCERPT_LIMIT = 200
SHORTEST_SECRET = 3


class WebhookChannel:
    """Posts messages as signed JSON; `base_url` as in `worker.alerts.payload.payload`."""

    def __init__(self, client: PostClient, clock: Clock, *, base_url: str | None) -> None:
        self._client = client
        self._clock = clock
        self._base_url = base_url

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError; its text names the receiver's host and nothing else of the URL."""
        host = _host(address.address)
        # A lone surrogate cannot be UTF-8; "?" is better than a message that can never be sent.
        text = json.dumps(payload(message, base_url=self._base_url), ensure_ascii=False, separators=(",", ":"))
        body = text.encode("utf-8", "replace")
        headers = {"content-type": "application/json", **self._signature(message.key, body, address.secret)}
        try:
            answer = self._client.post(address.address, headers=headers, body=body)
        except FetchError as error:
            # Also a refused address is tried again: the policy is a setting, and may be put right meanwhile.
            raise ChannelError(_with_detail(_trouble(error, host), str(error), address.address)) from error
        if answer.status not in SUCCESS:
            raise _failure(answer, host, address.address)

    def _signature(self, key: str, body: bytes, secret: str | None) -> dict[str, str]:
        """The three headers: id, time of sending in Unix seconds, HMAC-SHA256 over both and the body."""
        at = self._clock.now()
        try:
            signature = Webhook(secret or "").sign(key, at, body.decode())
        except (EmptyWebhookSecretError, ValueError):
            # The cause might quote the secret.
            raise ChannelError("the webhook's secret is missing or is no base64 (whsec_...)") from None
        return {
            "webhook-id": key,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }


def _failure(answer: Answer, host: str, url: str) -> ChannelError:
    """What an answer other than 2xx means."""
    if answer.status == GONE:
        text = f"{host} answered 410: this webhook is gone"
        return ChannelError(text, permanent=True, disable=True)
    text = f"{host} answered {answer.status}"
    if answer.status in REDIRECT:
        text += ", a redirect, which a webhook must not be"
    said = answer.excerpt.decode("utf-8", "replace")
    return ChannelError(_with_detail(text, said, url), retry_after=answer.retry_after)


def _trouble(error: FetchError, host: str) -> str:
    match error:
        case Refused():
            return f"our own policy refuses the address of {host}; the setting deliver_allow can allow it"
        case DeadlineExceeded():
            return f"{host} took too long"
        case BadResponse():
            return f"the answer of {host} cannot be trusted"
        case _:
            return f"{host} cannot be reached"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the receiver"
    except ValueError:
        return "the receiver"


def _with_detail(text: str, detail: str, url: str) -> str:
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
