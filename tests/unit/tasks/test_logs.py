"""What beat and worker say, and what they keep to themselves."""

from __future__ import annotations

import logging
import warnings

import pytest
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.platforms import check_privileges

from tasks import logs
from tasks.app import app

pytestmark = pytest.mark.usefixtures("logging_restored")
CONSUMER = "celery.worker.consumer.consumer"


def test_the_broker_is_missed_once_and_welcomed_once(capsys):
    logs._take_over(loglevel="WARNING")
    for _ in range(3):
        logging.getLogger(CONSUMER).error("consumer: Cannot connect to %s: %s.\nTrying again", "redis://h", "refused")
    logs.broker_answered()
    logs.broker_answered()
    missed, welcomed = capsys.readouterr().err.splitlines()
    assert "Cannot connect to redis://h" in missed
    assert "the broker is back" in welcomed


def test_a_message_not_sent_is_no_second_absence(capsys):
    logs._take_over(loglevel="WARNING")
    logs.wake_up_not_sent(task="tocsin.poll")
    logs.wake_up_not_sent(task="tocsin.match")
    logging.getLogger(CONSUMER).error("consumer: Connection to broker lost.")
    logs.broker_answered()
    missed, welcomed = capsys.readouterr().err.splitlines()
    assert "finds the work (said once, until the broker is back)" in missed
    assert "task=tocsin.poll" in missed
    assert "the broker is back" in welcomed


def test_a_consumer_that_has_reconnected_says_so(capsys):
    logs._take_over(loglevel="WARNING")
    logging.getLogger(CONSUMER).error("consumer: Connection to broker lost.")
    assert logs.BrokerBack in app.steps["consumer"]
    logs.BrokerBack(None).start(None)
    assert "the broker is back" in capsys.readouterr().err


def test_loglevel_is_about_celery(capsys):
    logs._take_over(loglevel="ERROR")
    logging.getLogger("celery.beat").warning("not asked for")
    logging.getLogger("tocsin.alerts").info("an alert")
    assert "an alert" in capsys.readouterr().err


def test_celerys_advice_is_for_other_set_ups():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logs._root_is_no_hole()
        logs._acks_are_early()
        check_privileges(["json"])
        warnings.warn(SecurityWarning("you are root"), stacklevel=1)
        text = {"category": CPendingDeprecationWarning, "filename": "celery.py", "lineno": 1}
        warnings.warn_explicit("late acks", module="celery.worker.consumer.consumer", **text)
        with pytest.raises(CPendingDeprecationWarning):
            warnings.warn_explicit("about our own calls", module="tasks.app", **text)
