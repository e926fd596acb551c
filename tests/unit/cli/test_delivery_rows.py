"""Deliveries as rows and as a table shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from worker.cli.rows import delivery_cells, delivery_row
from worker.store.rows import DeliveryRow

AT = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


def row(**more: Any) -> dict[str, object]:
    plain = {"sequence": 0, "state": "pending", "attempts": 0, "last_error": None}
    said = {"subscriber": "desk", "channel": "log", "due_at": AT, "sent_at": None}
    return delivery_row(DeliveryRow(id=9, key="k", subject_kind="alert", subject=4, **(plain | said | more)))


@pytest.mark.parametrize(
    ("more", "update", "why"),
    [
        ({}, None, None),
        ({"sequence": 2, "update_kind": "reported"}, "reported #2", None),
        ({"sequence": 1, "update_kind": "corrected", "waits_for": 8}, "corrected #1", "waits for dlv_8"),
        (
            {"sequence": 1, "update_kind": "corrected", "waits_for": 8, "last_error": "HTTP 500"},
            "corrected #1",
            "HTTP 500",
        ),
    ],
)
def test_a_table_says_which_update_it_is_and_why_one_waits(
    more: dict[str, object], update: str | None, why: str | None
) -> None:
    cells = delivery_cells(row(**more))
    assert (cells["update"], cells["last_error"]) == (update, why)


def test_json_keeps_them_apart() -> None:
    found = row(sequence=1, update_kind="corrected", waits_for=8)
    keys = ("alert", "update", "update_kind", "waits_for", "last_error")
    assert [found[key] for key in keys] == ["alt_4", 1, "corrected", "dlv_8", None]
