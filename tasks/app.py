"""The Celery application. `celery -A tasks worker` and `celery -A tasks beat` find it here."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery import Celery
from kombu.entity import Queue

from tasks.schedule import timetable
from worker.configured import settings_of
from worker.errors import ConfigurationError
from worker.service import broker
from worker.service.queues import QUEUES

if TYPE_CHECKING:
    from config.values import Settings


def config_folder() -> Path:
    """Return the folder of configuration files: $TOCSIN_CONFIG, else ./config."""
    return Path(os.environ.get("TOCSIN_CONFIG") or "config")


@cache
def settings() -> Settings:
    """Return the settings, or say what is wrong with them and exit with 2: nothing may start on a wrong setting.

    Read once, before the pool forks: a process that takes another's place has the same, whatever the file says by now.
    """
    try:
        return settings_of(config_folder())
    except ConfigurationError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def celery_settings() -> dict[str, Any]:
    """Return Celery's settings (RELIABILITY 21); evaluated when first needed, not at import."""
    ours = settings()
    url = broker.url(ours.data_dir) if ours.broker_url == "embedded" else ours.broker_url
    return {
        "broker_url": url,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "global_keyprefix": "tocsin:",
            "health_check_interval": 10,
            # A wake-up that cannot be sent is not tried again: the sweep finds the work. Connecting is tried for ever.
            "max_retries": 0,
            "socket_connect_timeout": 5,
            "socket_timeout": 10,
            "socket_keepalive": True,
            # Early acks: nothing of value waits in the broker for a lost worker, so nothing must come back late.
            "visibility_timeout": 3600,
        },
        "beat_schedule": timetable(ours.tick),
        "beat_scheduler": "celery.beat:Scheduler",
        "beat_max_loop_interval": 1,
        "enable_utc": True,
        "timezone": "UTC",
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_acks_late": False,
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        "task_publish_retry": False,
        "task_queues": [Queue(name) for name in QUEUES],
        "task_default_queue": "upkeep",
        "task_create_missing_queues": False,
        "task_soft_time_limit": 90,
        "task_time_limit": 120,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 20_000,
        "worker_max_memory_per_child": 400_000,  # KiB; ends a leak, not a worker in good health
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
    }


app = Celery(
    "tocsin",
    amqp="tasks.connection:PatientAMQP",
    task_cls="tasks.task:EnduringTask",
    include=[
        *("tasks.logs", "tasks.runtime", "tasks.tick", "tasks.poll", "tasks.pages", "tasks.match", "tasks.deliver"),
        *("tasks.lists", "tasks.upkeep"),
    ],
)
app.add_defaults(celery_settings)
