"""Signed webhook: one POST as the Standard Webhooks specification has it (INTERFACE 4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from worker.alerts.payload import payload
from worker.channels.trouble import GATEWAY, may_have_arrived, trouble, without_secrets
from worker.errors import ChannelError, FetchError

if TYPE_CHECKING:
    from worker.alerts.model import Address, Message
    from worker.channels.ports import Answer, PostClient
    from worker.clock import Clock

SUCCESS = range(200, 300)
REDIRECT = range(300, 400)
GONE = 410


class WebhookChannel:
    """Posts messages as signed JSON; `base_url` as in `worker.alerts.payload.payload`."""

    def __init__(self, client: PostClient, clock: Clock, *, base_url: str | None) -> None:
        self._client = client
        self._clock = clock
        self._base_url = base_url

    def send(self, message: Message, address: Address) -> None:
        """Send, or raise ChannelError; its text names the receiver's host and nothing else of the URL."""
        self.tell(message, address)

    def tell(self, message: Message, address: Address) -> str:
        """Send as `send` does, and return what the receiver answered."""
        host = _host(address.address)
        # A lone surrogate cannot be UTF-8; "?" is better than a message that can never be sent.
        text = json.dumps(payload(message, base_url=self._base_url), ensure_ascii=False, separators=(",", ":"))
        body = text.encode("utf-8", "replace")
        headers = {"content-type": "application/json", **self._signature(message.key, body, address.secret)}
        try:
            answer = self._client.post(address.address, headers=headers, body=body)
        except FetchError as error:
            # Also a refused address is tried again: the policy is a setting, and may be put right meanwhile.
            said = without_secrets(trouble(error, host), str(error), address.address)
            raise ChannelError(said, ambiguous=may_have_arrived(error)) from error
        if answer.status not in SUCCESS:
            raise _failure(answer, host, address.address)
        said = answer.excerpt.decode("utf-8", "replace")
        return without_secrets(f"{host} answered {answer.status}", said, address.address)

    def _signature(self, key: str, body: bytes, secret: str | None) -> dict[str, str]:
        """The three headers: id, time of sending in Unix seconds, HMAC-SHA256 over both and the body.

        One signature for each active secret, the newest first, with a space between: a receiver takes the message if
        any of them is right, so that it may change its secret at its leisure.
        """
        at = self._clock.now()
        try:
            # Without a secret there is one that is empty, which is refused.
            signature = " ".join([Webhook(one).sign(key, at, body.decode()) for one in (secret or "").split() or [""]])
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
    ambiguous = answer.status in GATEWAY
    return ChannelError(without_secrets(text, said, url), retry_after=answer.retry_after, ambiguous=ambiguous)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "the receiver"
    except ValueError:
        return "the receiver"
