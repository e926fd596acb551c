"""What a plugin of Apprise takes for the module `requests`: each request goes out by the guarded client, or not at all.

Plugins make their own connections, follow redirects and read whatever comes. So the name `requests` in their modules is
this one's, once and for good, in the whole process: nobody else here uses them. Whose client it is that they speak by,
and until when, is known to the thread that sends (`TALK`); without one nothing goes out.
"""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from worker.errors import DeadlineExceeded, FetchError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from worker.channels.ports import HttpClient, Reply

MOST_REQUESTS = 20
"""Of one message: a log-in, a look-up of the room, the message ... A server that always wants one more gets none."""

TOO_MANY = 429
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class RequestException(OSError):
    """As `requests.RequestException`: plugins give up, and say so."""


class Exchange(NamedTuple):
    """One request, and what became of it."""

    method: str
    outcome: Reply | FetchError


@dataclass(slots=True)
class Talk:
    """One message's conversation with a service: by whom, until when, and what was said."""

    client: HttpClient
    until: float
    monotonic: Callable[[], float]
    exchanges: list[Exchange] = field(default_factory=list)
    paused: bool = False

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Ask once; RequestException where nothing comes of it, or the service wants, or has wanted, a pause."""
        if self.paused:
            raise RequestException("too many requests")
        try:
            reply = self.client.request(method, url, headers=headers, body=body, seconds=self._seconds_left())
        except FetchError as error:
            self.exchanges.append(Exchange(method, error))
            raise RequestException("nothing came back") from error
        self.exchanges.append(Exchange(method, reply))
        if reply.status == TOO_MANY:
            # Plugins would wait for it here; the retry schedule knows better.
            self.paused = True
            raise RequestException("too many requests")
        return reply

    def _seconds_left(self) -> float:
        if len(self.exchanges) >= MOST_REQUESTS:
            raise Refused(f"more than {MOST_REQUESTS} requests for one message")
        left = self.until - self.monotonic()
        if left <= 0:
            raise DeadlineExceeded("there is no time left")
        return left


TALK: ContextVar[Talk] = ContextVar("talk")


class _Fields(dict[str, str]):
    """Header fields, whatever the case of their names."""

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as inherited
        return super().get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())


class Response:
    """As much of `requests.Response` as plugins look at."""

    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.headers = _Fields(reply.fields)
        self.content = reply.content

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:  # noqa: ANN401 - whatever the server wrote
        """Read the body as JSON, or raise ValueError."""
        return json.loads(self.content)

    def iter_content(self, chunk_size: int | None = None, **_: Any) -> Iterator[bytes]:  # noqa: ANN401, ARG002
        """Yield the body, which is there already."""
        if self.content:
            yield self.content

    def close(self) -> None:
        """Do nothing: it is closed."""


class Requests:
    """The stand-in: the functions, errors and names that plugins use; whatever else they ask for is not there."""

    RequestException = RequestException
    ConnectionError = RequestException
    HTTPError = RequestException
    Timeout = RequestException
    TooManyRedirects = RequestException
    exceptions = SimpleNamespace(
        RequestException=RequestException,
        ConnectionError=RequestException,
        HTTPError=RequestException,
        Timeout=RequestException,
    )

    def __init__(self, codes: object) -> None:
        self.codes = codes

    def request(self, method: str, url: str, **options: Any) -> Response:  # noqa: ANN401 - as requests takes them
        """Ask; what is said of redirects, certificates, proxies and deadlines does not hold."""
        talk = TALK.get(None)
        if talk is None or options.get("files"):
            raise RequestException("this goes nowhere")
        headers, body = _written(options)
        return Response(talk.ask(method.upper(), _with(url, options.get("params")), headers, body))

    def get(self, url: str, **options: Any) -> Response:  # noqa: ANN401
        """GET."""
        return self.request("GET", url, **options)

    def post(self, url: str, data: Any = None, **options: Any) -> Response:  # noqa: ANN401
        """POST."""
        return self.request("POST", url, data=data, **options)

    def put(self, url: str, data: Any = None, **options: Any) -> Response:  # noqa: ANN401
        """PUT."""
        return self.request("PUT", url, data=data, **options)

    def delete(self, url: str, **options: Any) -> Response:  # noqa: ANN401
        """DELETE."""
        return self.request("DELETE", url, **options)


def stand_in() -> None:
    """Put the stand-in wherever a module of Apprise that is loaded has `requests`. May be called at any time, again."""
    for name, module in list(sys.modules.items()):
        if name.startswith("apprise."):
            theirs = vars(module).get("requests")
            if theirs is not None and not isinstance(theirs, Requests):
                vars(module)["requests"] = Requests(theirs.codes)


def _written(options: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """The headers and the body that these arguments mean; the name that a plugin gives itself is left out."""
    given = options.get("headers") or {}
    headers = {str(name): str(value) for name, value in given.items() if str(name).lower() != "user-agent"}
    body, kind = _body(options.get("data"), options.get("json"))
    if kind and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = kind
    if options.get("auth"):
        user, password = options["auth"]
        headers["Authorization"] = "Basic " + b64encode(f"{user or ''}:{password or ''}".encode()).decode("ascii")
    return headers, body


def _body(data: Any, value: Any) -> tuple[bytes, str]:  # noqa: ANN401 - whatever a plugin sends
    """The bytes, and their kind where that follows from what they are made of."""
    if value is not None:
        return json.dumps(value).encode(), JSON
    if isinstance(data, str):
        return data.encode("utf-8", "replace"), ""
    if isinstance(data, bytes):
        return data, ""
    return (urlencode(_kept(data), doseq=True).encode(), FORM) if data else (b"", "")


def _with(url: str, params: Any) -> str:  # noqa: ANN401 - a mapping or pairs
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(_kept(params), doseq=True)}"


def _kept(pairs: Any) -> Any:  # noqa: ANN401 - as above
    return {key: value for key, value in pairs.items() if value is not None} if isinstance(pairs, Mapping) else pairs
