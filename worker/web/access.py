"""Who may ask for what: nobody for anything, unless it stands here."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.status import HTTP_403_FORBIDDEN

from worker.web.parts import Parts, parts_of

PUBLIC = frozenset(
    {
        "/healthz",
        "/readyz",
        "/static/tocsin.css",
        # Whoever has the token may read.
        "/out/{token}.atom",
        "/out/{token}.json",
        "/links/{token}",
    }
)
"""Paths that everybody may ask for: they tell nothing, or hold a token themselves."""

OF_THIS_MACHINE = frozenset({"/metrics"})
"""Paths that programs on this machine may ask for: they name watch lists, but no secrets."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a proxy says that it asks for somebody else."""


def admit(request: Request) -> None:
    """Let a request pass whose path may be had; the dependency of the root router, and so of every endpoint."""
    path = request.scope["route"].path
    if path in PUBLIC or (path in OF_THIS_MACHINE and _may_watch(request, parts_of(request))):
        return
    raise HTTPException(HTTP_403_FORBIDDEN)


def _may_watch(request: Request, parts: Parts) -> bool:
    """Say whether figures are for whoever asks: who has the token, and who is here while nobody comes from elsewhere.

    Where people do, a proxy here may ask for all of them, and need not say so.
    """
    if parts.metrics_token and hmac.compare_digest(
        request.headers.get("authorization", "").encode(), f"Bearer {parts.metrics_token}".encode()
    ):
        return True
    return _names_this_machine(urlsplit(parts.address).netloc) and is_local(request)


def is_local(request: Request) -> bool:
    """Say whether a program on this machine asks, for itself.

    A proxy here asks for others. So may a browser, misled by a name that leads to this machine (DNS rebinding): what it
    asks for has that name.
    """
    if any(name in request.headers for name in FORWARDED) or request.client is None:
        return False
    return is_loopback(request.client.host) and _names_this_machine(request.headers.get("host", ""))


def is_loopback(host: str) -> bool:
    """Say whether an address is one that no other machine can ask from."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _names_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or is_loopback(name)
