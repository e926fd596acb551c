from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.cells import cell_len

from worker.cli.table import Column, cell, columns, distance, fit, span, table, visible

NOW = datetime(2022, 2, 12, 17, 0, tzinfo=UTC)
FEEDS = [
    {
        "name": "BBC World",
        "state": "ok",
        "items": 12,
        "polled": NOW - timedelta(minutes=3),
        "url": "https://a.example/",
    },
    {"name": "中文 新闻", "state": "broken", "items": 7, "polled": None, "url": "https://b.example/" + 60 * "x"},
]
SHOWN = columns("name:6", "state", "items", "polled", "url:10?")


def lines(width, shown=SHOWN, rows=FEEDS, styled=False):
    return table(rows, shown, width=width, now=NOW, styled=styled)


def test_columns_are_written_short():
    assert columns("name:6", "state", "url:10?", "tags?") == (
        Column("name", 6),
        Column("state"),
        Column("url", 10, spare=True),
        Column("tags", spare=True),
    )


def test_piped_every_value_is_whole_and_every_row_one_line():
    assert lines(None) == [
        "name       state   items  polled                url",
        "BBC World  ok         12  2022-02-12T16:57:00Z  https://a.example/",
        "中文 新闻  broken      7  -                     https://b.example/" + 60 * "x",
    ]


def test_on_a_terminal_times_are_distances_and_long_values_are_cut():
    assert lines(60) == [
        "name       state   items  polled     url",
        "BBC World  ok         12  3 min ago  https://a.example/",
        "中文 新闻  broken      7  -          https://b.example/xxxx…",
    ]


@pytest.mark.parametrize("width", range(44, 130))
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(cell_len, lines(width))) <= width


def test_a_narrow_terminal_gets_no_spare_column_and_cuts_the_others():
    assert lines(32) == [
        "name    state   items  polled",
        "BBC W…  ok         12  3 min ago",
        "中文…   broken      7  -",
    ]


def test_a_terminal_too_narrow_for_anything_still_gets_whole_states():
    assert lines(10)[1] == "BBC W…  ok         12  3 min ago"


def test_a_column_without_values_is_left_out_on_a_terminal_only():
    shown = columns("name", "note")
    assert lines(80, shown)[0] == "name"
    assert lines(None, shown)[0] == "name       note"


def test_states_are_coloured_by_what_they_mean():
    rows = [{"name": "ok", "state": "ok"}, {"name": "x", "state": "broken"}, {"name": "y", "state": "new"}]
    head, good, bad, neither = lines(80, columns("name", "state"), rows, styled=True)
    assert head == "\x1b[1mname  state\x1b[0m"
    assert good == "ok    \x1b[32mok\x1b[0m"
    assert bad == "x     \x1b[31mbroken\x1b[0m"
    assert neither == "y     new"


def test_the_widest_gives_way_first():
    shown = columns("a:5", "b:5", "c")
    assert fit(shown, [20, 8, 10], 30) == (list(shown), [8, 8, 10])
    assert fit(shown, [20, 8, 10], 100) == (list(shown), [20, 8, 10])
    assert fit(shown, [20, 8, 10], 1) == (list(shown), [5, 5, 10])


def test_spare_columns_go_from_the_right():
    shown = columns("a", "b?", "c?")
    assert fit(shown, [5, 5, 5], 12)[0] == list(columns("a", "b?"))
    assert fit(shown, [5, 5, 5], 9)[0] == list(columns("a"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        ("", "-"),
        ((), "-"),
        ([], "-"),
        ("\u200b", "-"),
        (0, "0"),
        (["a", "b"], "a, b"),
        (NOW.astimezone(timezone(timedelta(hours=2))), "2022-02-12T17:00:00Z"),
        ("two\nlines\tand  \x1b[31mred\x07", "two lines and [31mred"),
        ("\u2068left\u2069 \u202eright\u202c", "left right"),
    ],
)
def test_a_cell_is_one_line_that_moves_no_cursor(value, shown):
    assert cell(value, now=None) == shown


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (99, "99 s"), (100, "2 min"), (5940, "99 min"), (7200, "2 h"), (172_000, "48 h"), (172_801, "2 d")],
)
def test_a_span_has_the_unit_that_says_enough(seconds, told):
    assert span(seconds) == told


def test_a_distance_says_which_way():
    assert distance(NOW + timedelta(minutes=4), NOW) == "in 4 min"
    assert distance(NOW, NOW) == "0 s ago"


def test_text_of_any_script_stays():
    assert visible("Zażółć  gęślą 乌克兰 Україна 👍") == "Zażółć gęślą 乌克兰 Україна 👍"
