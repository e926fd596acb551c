"""What the settings say to the parts that reach out of the process, read as these do, without loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.channels.smtp import parse_smtp_url
from worker.fetch.policy import Policy

if TYPE_CHECKING:
    from config.values import Settings


def check_settings(settings: Settings) -> None:
    """Read the settings as the parts that use them do; raise ConfigurationError for what one of them refuses."""
    parse_smtp_url(settings.smtp_url)
    Policy(settings.fetch_allow)
    Policy(settings.deliver_allow)
