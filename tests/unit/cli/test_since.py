from datetime import UTC, datetime, timedelta

import pytest

from worker.cli.since import ahead, moment
from worker.errors import ConfigurationError

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", NOW - timedelta(days=1)),
        (" 90s ", NOW - timedelta(seconds=90)),
        ("2022-02-11", datetime(2022, 2, 11, tzinfo=UTC)),
        ("2022-02-11T10:00Z", datetime(2022, 2, 11, 10, tzinfo=UTC)),
        ("2022-02-11T10:00+02:00", datetime(2022, 2, 11, 8, tzinfo=UTC)),
        ("2022-02-11T10:00:00.5", datetime(2022, 2, 11, 10, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_a_moment_is_so_long_ago_or_a_time(text, expected):
    assert moment(text, now=NOW) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "24", "2022-13-01", "0001-01-01T00:00+14:00"])
def test_anything_else_says_what_to_write(text):
    with pytest.raises(ConfigurationError, match="is no time; write how long ago, such as 24h or 7d"):
        moment(text, now=NOW)


def test_ahead_is_so_long_from_now_or_a_time():
    assert ahead("2d", now=NOW) == NOW + timedelta(days=2)
    assert ahead("2022-02-13", now=NOW) == datetime(2022, 2, 13, tzinfo=UTC)
    with pytest.raises(ConfigurationError, match="'yesterday' is no time; write how long from now, such as 24h or 7d"):
        ahead("yesterday", now=NOW)
