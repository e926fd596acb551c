"""What the settings say to the parts that reach out of the process, read as these do, without loading them."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from worker.channels.smtp import parse_smtp_url
from worker.errors import ConfigurationError
from worker.fetch.policy import Policy

if TYPE_CHECKING:
    from config.values import Settings


def check_settings(settings: Settings) -> None:
    """Read the settings as the parts that use them do; raise ConfigurationError for what one of them refuses."""
    parse_smtp_url(settings.smtp_url)
    Policy(settings.fetch_allow)
    Policy(settings.deliver_allow)
    _check_trust()


def _check_trust() -> None:
    """See that the certificates which the environment names can be read, as `worker.fetch.transport` will."""
    file, folder = (os.environ.get(name) or None for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    name = f"SSL_CERT_FILE={file}" if file else f"SSL_CERT_DIR={folder}"
    try:
        if file or folder:
            ssl.create_default_context(cafile=file, capath=None if file else folder)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"{name}: no certificates can be read there: {error.strerror or error}") from None
