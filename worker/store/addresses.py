"""What may be shown of the places messages go to (DESIGN 4.10)."""

from __future__ import annotations

from urllib.parse import urlsplit

from config.apprise_services import shown_apprise


def shown_address(kind: str, address: str) -> str:
    """Return an address for lists and logs: of a webhook only the host, for its path is often the secret.

    Of an Apprise URL the scheme, and the host where that is none of the service's tokens.
    """
    if kind == "apprise":
        return shown_apprise(address)
    if kind != "webhook":
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/..."
