"""RELIABILITY 21 to 23, and DESIGN 4.6, as Celery gets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.beat import Scheduler

from tasks import app as exposed
from tasks.app import app, celery_settings
from tasks.connection import PatientConnection
from tasks.schedule import TICK_EXPIRES_S, timetable
from worker.service.queues import QUEUES


@pytest.fixture
def settings(home):
    return celery_settings()


def test_celery_finds_the_application():
    assert exposed is app
    assert app.main == "tocsin"


def test_json_only_and_no_results(settings):
    assert settings["accept_content"] == ["json"]
    assert settings["task_serializer"] == "json"
    assert settings["task_ignore_result"]
    assert "result_backend" not in settings


def test_a_task_that_was_taken_is_acknowledged_at_once(settings):
    assert not settings["task_acks_late"]
    assert settings["worker_prefetch_multiplier"] == 1
    assert not settings["worker_cancel_long_running_tasks_on_connection_loss"]
    assert not settings["task_publish_retry"]


def test_what_hangs_or_leaks_ends(settings):
    assert (settings["task_soft_time_limit"], settings["task_time_limit"]) == (90, 120)
    assert settings["worker_max_tasks_per_child"]
    assert settings["worker_max_memory_per_child"]
    options = settings["broker_transport_options"]
    assert {"socket_timeout", "socket_connect_timeout", "socket_keepalive", "health_check_interval"} <= set(options)
    assert options["global_keyprefix"] == "tocsin:"


def test_the_broker_is_asked_for_until_it_comes(settings):
    assert settings["broker_connection_retry_on_startup"]
    assert settings["broker_connection_max_retries"] is None


def test_beat_keeps_no_file_and_goes_by_utc(home, settings):
    assert settings["beat_scheduler"] == f"{Scheduler.__module__}:{Scheduler.__name__}"
    assert settings["enable_utc"]
    assert settings["timezone"] == "UTC"


@pytest.mark.parametrize(
    ("configured", "expected"),
    [("redis://127.0.0.1:1/0", "redis://127.0.0.1:1/0"), ("embedded", "redis+socket://{data_dir}/broker/broker.sock")],
)
def test_the_broker_is_the_configured_one(home, monkeypatch, configured, expected):
    monkeypatch.setenv("TOCSIN_BROKER_URL", configured)
    monkeypatch.setenv("TOCSIN_DATA_DIR", "/tmp/t")
    url = celery_settings()["broker_url"]
    assert url.partition("?")[0] == expected.format(data_dir="/tmp/t")


def test_a_wrong_setting_ends_the_process_before_it_begins(home, monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_TICK", "soon")
    with pytest.raises(SystemExit) as ended:
        celery_settings()
    assert ended.value.code == 2
    assert "$TOCSIN_TICK:1:1" in capsys.readouterr().err


def test_beat_sends_ticks_that_do_not_pile_up(home):
    app.loader.import_default_modules()
    entries = timetable(timedelta(seconds=3))
    assert entries["tick"]["schedule"] == timedelta(seconds=3)
    assert entries["tick"]["options"]["expires"] == TICK_EXPIRES_S == 5
    for entry in entries.values():
        assert entry["options"]["queue"] in QUEUES
        assert entry["task"] in app.tasks


def test_every_queue_exists_and_no_other_is_made(settings):
    assert tuple(queue.name for queue in settings["task_queues"]) == QUEUES
    assert settings["task_default_queue"] in QUEUES
    assert not settings["task_create_missing_queues"]


class EnoughError(Exception):
    """Three tries are enough to know the pace."""


def test_the_pace_of_asking_stays_even():
    pauses = []

    def on_error(error, pause):
        pauses.append(pause)
        if len(pauses) == 3:
            raise EnoughError

    with PatientConnection("redis://127.0.0.1:1/0") as connection, pytest.raises(EnoughError):
        connection.ensure_connection(on_error)
    assert pauses == [1.0, 1.0, 1.0]
    assert isinstance(app.connection_for_write("redis://127.0.0.1:1/0"), PatientConnection)
