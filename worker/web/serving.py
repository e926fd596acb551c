"""Serving until told to stop: uvicorn on a socket that is open already, one process, one loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

from worker.service.listening import port_of
from worker.web.app import make_app
from worker.web.parts import Parts, address_of
from worker.web.punctual import REQUEST_S, punctual

if TYPE_CHECKING:
    from worker.service.listening import Listener
    from worker.wiring import Engine

DRAIN_S = 10
"""So long answers that have begun may take after the order to stop; within the 20 s of INTERFACE 1."""

AT_ONCE = 200
"""Connections and answers at once; whoever comes then is asked to come later (503)."""

IDLE_S = 15
"""So long a connection may wait for its next request."""


def server_of(
    engine: Engine, listener: Listener, *, metrics_token: str = "", request_s: float = REQUEST_S
) -> uvicorn.Server:
    """Return the server of `engine`, to be run with `[listener]`, and say in the database where it is reached."""
    address = address_of(engine.settings, port_of(listener))
    engine.store.announce_web(address)
    config = uvicorn.Config(
        make_app(Parts(engine, address, engine.store.link_key(), metrics_token)),
        loop="asyncio",
        http=punctual(request_s),
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,  # it writes whole paths, and tokens with them; see `worker.web.guarding`
        proxy_headers=False,  # who asks is who connects
        server_header=False,
        limit_concurrency=AT_ONCE,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )
    return uvicorn.Server(config)
