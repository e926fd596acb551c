"""Checks of addresses of servers and of allow lists, as settings.yaml writes them.

Refusals never show an address of a server: it may hold a password.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from config.fields import one_line
from config.refusing import refuse

_HIGHEST_PORT = 65535


def allowed(text: str) -> str:
    """Check an entry of an allow list: a network, or an address or host with its port."""
    if "/" in text:
        try:
            ipaddress.ip_network(text)
        except ValueError:
            refuse("{given} is no network; write its first address and its length, like 10.1.0.0/16 or fd00::/8")
    else:
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s\[\]:@]+):([0-9]{1,5})", text)
        if not found or not 1 <= int(found[2]) <= _HIGHEST_PORT:
            refuse("{given}: write ADDRESS:PORT, HOST:PORT, [IPV6 ADDRESS]:PORT or a network like 10.1.0.0/16")
    return text


def smtp_server(text: str) -> str:
    """Check `smtp://` or `smtps://` with a host."""
    return _server(text, ("smtp", "smtps"), "write smtp://HOST:PORT, or smtps://HOST:PORT for TLS from the start")


def broker(text: str) -> str:
    """Check `embedded`, or a Redis by TCP, TLS or unix socket, as Celery names them."""
    address = one_line(text)
    if address == "embedded":
        return address
    if address.startswith("redis+socket://"):
        if not address.startswith("redis+socket:///"):
            refuse("write the socket's whole path, like redis+socket:///run/redis.sock")
        return address
    advice = "write `embedded`, redis://HOST:6379/0, rediss://... for TLS, or redis+socket:///PATH for a unix socket"
    return _server(address, ("redis", "rediss"), advice)


def database(text: str) -> str:
    """Check a file of SQLite, or PostgreSQL by psycopg 3, as SQLAlchemy names them."""
    address = one_line(text)
    if address.startswith("sqlite:"):
        path = address.removeprefix("sqlite:///")
        if path == address or not path or path.startswith((":memory:", "?", "file:")):
            refuse("several processes share the database, so name a file: sqlite:///{data_dir}/tocsin.db")
    elif not address.startswith("postgresql+psycopg://"):
        if address.startswith("postgres"):
            refuse("write postgresql+psycopg:// in front: the driver is psycopg 3")
        refuse("write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE")
    return address


def _server(text: str, schemes: tuple[str, ...], advice: str) -> str:
    address = one_line(text)
    try:
        parts = urlsplit(address)
        right = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        refuse(advice)
    return address
