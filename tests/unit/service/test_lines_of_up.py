"""The lines that `up` prints."""

from __future__ import annotations

import pytest

from worker.records import AlertLine
from worker.service.up import shown


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            AlertLine(1, "Ukraine", "Talks\n over", "https://a.example/1"),
            "ALERT Ukraine: Talks over https://a.example/1",
        ),
        (AlertLine(1, "Ukraine", "Talks over", None), "ALERT Ukraine: Talks over"),
        (
            AlertLine(1, "Ukraine", "Talks over", "https://a.example/1", "corrected"),
            "UPDATE Ukraine: corrected: Talks over https://a.example/1",
        ),
        (
            AlertLine(1, "Ukraine", "Talks over", "https://bank.example@alpha.example/x?a=@b"),
            "ALERT Ukraine: Talks over https://alpha.example/x?a=@b",
        ),
    ],
)
def test_a_line_says_list_title_and_link(line: AlertLine, expected: str) -> None:
    assert shown(line) == expected
