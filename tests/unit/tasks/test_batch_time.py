"""A batch of polls ends by itself, whatever its documents cost: at the soft limit what it has in hand would be lost."""

from __future__ import annotations

from tasks.app import celery_settings
from tasks.poll import BATCH_S
from worker.fetch.model import FetchLimits
from worker.parsing.limits import ParseLimits
from worker.pipeline.poll import READ_ON


def test_a_document_begun_at_the_very_end_of_a_batch_ends_before_the_limit(home):
    limit = celery_settings()["task_soft_time_limit"]
    reading = ParseLimits().wall_seconds
    assert BATCH_S + READ_ON.total_seconds() + 2 * reading < limit, "it may be parsed twice"
    assert BATCH_S + FetchLimits().total_seconds + reading < limit
