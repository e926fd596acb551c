"""The way to the broker: asked for every second while it is away, so that the service is back when the broker is."""

from __future__ import annotations

from typing import Any

from celery.app.amqp import AMQP
from kombu.connection import Connection

RETRY_EVERY_S = 1.0
"""kombu's own pauses grow to 30 s: too long for alerts that wait on the other side."""


class PatientConnection(Connection):
    """A connection that is tried again at an even pace, for as long as it takes."""

    def ensure_connection(self, *args: Any, **kwargs: Any) -> PatientConnection:  # noqa: ANN401 - kombu's signature
        """Connect, trying again every second (see `kombu.Connection.ensure_connection`)."""
        pace = {"interval_start": RETRY_EVERY_S, "interval_step": 0, "interval_max": RETRY_EVERY_S}
        connected: PatientConnection = super().ensure_connection(*args, **(pace | kwargs))
        return connected


class PatientAMQP(AMQP):  # type: ignore[misc]  # Celery has no types
    """Celery's side of the same."""

    Connection = PatientConnection
