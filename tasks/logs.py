"""What beat and worker say: one log format, the broker's absence told once, none of Celery's advice that is not for us.

`--loglevel` is about Celery's own words; the alerts of the log channel are told in any case.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import structlog
from celery import bootsteps
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.signals import after_task_publish, celeryd_after_setup, celeryd_init, setup_logging

from config.complaints import BrokerComplaints
from tasks.app import app
from worker.configured import log_to_stderr

log = structlog.get_logger(__name__)

_complaints = BrokerComplaints()


@setup_logging.connect
def _take_over(loglevel: int | str = logging.WARNING, **_: object) -> None:
    """Keep Celery from adding handlers of its own: having this receiver does."""
    global _complaints  # noqa: PLW0603 - one handler a process
    _complaints = log_to_stderr()
    for name in ("celery", "kombu"):
        logging.getLogger(name).setLevel(loglevel)


@after_task_publish.connect
def broker_answered(**_: object) -> None:
    """End the silence after a complaint about the broker, and say so."""
    if _complaints.broker_answered():
        log.info("the broker is back")


def wake_up_not_sent(**details: object) -> None:
    """Say that the broker did not take a message, unless this worker has told of its absence already."""
    if _complaints.broker_is_away():
        log.warning("wake-up not sent, the next tick finds the work (said once, until the broker is back)", **details)


class BrokerBack(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Tells of the broker's return in the worker's main process, which publishes nothing."""

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, _: Any) -> None:  # noqa: ANN401 - the consumer
        """Do so: the consumer has just connected."""
        broker_answered()


app.steps["consumer"].add(BrokerBack)


@celeryd_init.connect
def _root_is_no_hole(**_: object) -> None:
    """Celery warns root of pickled messages, at a length; we take JSON only."""
    warnings.filterwarnings("ignore", category=SecurityWarning)


@celeryd_after_setup.connect
def _acks_are_early(**_: object) -> None:
    """At each loss of the broker Celery advises about late acks. Here, because Celery sets its own filter before."""
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning, module=r"celery\.")
