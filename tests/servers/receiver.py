"""A webhook receiver that checks signatures and can refuse, redirect, throttle or hang."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from servers.loopback import LoopbackServer, body_of, lower, send
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.server import BaseHTTPRequestHandler

SECRET = "whsec_dG9jc2luLXRlc3RzLXNpZ25pbmcta2V5LTAwMQ=="


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came. `at` in seconds of `time.monotonic`; `status` is what we answered.

    `signed`: it carries a Standard Webhooks signature of these bytes under the receiver's secret, made within 5 min.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    signed: bool
    status: int

    @property
    def key(self) -> str:
        """The webhook-id: what an honest receiver goes by."""
        return self.headers.get("webhook-id", "")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request gets. `hang`: no answer at all until `Receiver.release`."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang: bool = False


class Receiver(LoopbackServer):
    """Records every request to any path."""

    def __init__(self, secret: str = SECRET) -> None:
        self.secret = secret
        self._received: list[Received] = []
        self._usual = Reply()
        self._next: deque[Reply] = deque()
        self._released = threading.Event()
        super().__init__()

    @property
    def received(self) -> list[Received]:
        """Every request so far, in the order of arrival, refused and hanging ones too."""
        with self.changed:
            return list(self._received)

    @property
    def accepted(self) -> list[Received]:
        """The requests that were answered with 2xx."""
        return [one for one in self.received if 200 <= one.status < 300]

    def answer_with(
        self, status: int = 200, *, body: bytes = b"", hang: bool = False, times: int | None = None, **headers: str
    ) -> None:
        """Answer so from now on, or only the next `times` requests; `retry_after="2"` is the header Retry-After."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        reply = Reply(status, named, body, hang)
        with self.changed:
            if times is None:
                self._usual = reply
            else:
                self._next.extend([reply] * times)

    def release(self) -> None:
        """Let the requests that hang go, with their connection closed, and those to come too."""
        self._released.set()

    def wait_for(self, count: int, timeout: float = 10.0, *, accepted: bool = False) -> list[Received]:
        """Wait until `count` requests came (only those answered with 2xx, if `accepted`); return all of them."""
        self.wait_until(
            lambda: len(self.accepted if accepted else self.received) >= count,
            timeout,
            what=f"{count} requests; got {[(one.status, one.key) for one in self.received]}",
        )
        return self.accepted if accepted else self.received

    def answer(self, exchange: BaseHTTPRequestHandler) -> None:
        at = time.monotonic()
        body = body_of(exchange)
        headers = lower(exchange.headers)
        signed = self._signed(headers, body)
        with self.changed:
            reply = self._next.popleft() if self._next else self._usual
            status = 0 if reply.hang else reply.status
            self._received.append(Received(exchange.command, exchange.path, headers, body, at, signed, status))
            self.changed.notify_all()
        if reply.hang:
            self._released.wait()
            exchange.close_connection = True
            return
        send(exchange, reply.status, dict(reply.headers), reply.body)

    def close(self) -> None:
        self.release()
        super().close()

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            Webhook(self.secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # ValueError: no base64, no text, no version
            return False
        return True
