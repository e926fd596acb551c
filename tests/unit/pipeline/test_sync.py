from textwrap import dedent

import pytest
from golden.newsroom import BEGIN

from config.values import Configuration, SubscriberLine, WatchListLine
from config.watchfile import load_configuration
from worker.errors import ConfigurationError
from worker.pipeline import sync


@pytest.fixture
def read(tmp_path):
    """Reads a watchlists.yaml, whose entries end with who hears of them."""
    (tmp_path / "subscribers.yaml").write_text("subscribers:\n  - {name: desk, channels: [{log: true}]}\n")

    def reader(text):
        (tmp_path / "watchlists.yaml").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return load_configuration(tmp_path, {})

    return reader


def places(error, folder):
    return [str(problem.mark).removeprefix(f"{folder}/") for problem in error.problems]


def test_plan_tells_what_apply_then_does(read, store):
    wanted = read(
        """
        watch_lists:
          - {name: Ukraine, keywords: [Ukraine, Kyiv], exclude: [football], notify: [{subscriber: desk}]}
        """
    )
    planned = sync.plan(store, wanted)
    assert [(change.kind, change.action, change.name) for change in planned] == [
        ("watch_list", "add", "Ukraine"),
        ("subscriber", "add", "desk"),
    ]
    assert sync.apply(store, wanted, now=BEGIN) == planned
    assert sync.plan(store, wanted) == []
    (row,) = store.watch_lists_list(BEGIN)
    assert row.query == "(Ukraine OR Kyiv) -football"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("query: troops AND (kyiv OR", "3:29"),
        ("query: 'troops AND (kyiv OR'", "3:30"),
        ('query: "troops AND (kyiv OR"', "3:30"),
        ("query: |\n      troops\n      AND (kyiv OR", "5:17"),
        ("query: |-\n      kyiv\n\n      AND AND", "6:11"),
        ("query:\n      troops AND (kyiv OR", "4:24"),
    ],
    ids=["plain", "single-quoted", "double-quoted", "block", "stripped-block", "next-line"],
)
def test_a_mistake_in_a_query_is_placed_in_the_file(read, store, tmp_path, query, place):
    text = f"watch_lists:\n  - name: Ukraine\n    {query}\n    notify: [{{subscriber: desk}}]\n"
    with pytest.raises(ConfigurationError) as caught:
        sync.plan(store, read(text))
    assert places(caught.value, tmp_path) == [f"watchlists.yaml:{place}"]
    assert "watch list 'Ukraine': " in str(caught.value)


def test_every_wrong_query_is_told_and_nothing_is_applied(read, store, tmp_path):
    wanted = read(
        """
        watch_lists:
          - {name: Good, keywords: [Kyiv], notify: [{subscriber: desk}]}
          - {name: Bad, query: "AND", notify: [{subscriber: desk}]}
          - {name: Excluding, query: kyiv, exclude: ["-football"], notify: [{subscriber: desk}]}
          - {name: Keywords, keywords: ["Kyiv OR Lviv"], notify: [{subscriber: desk}]}
        """
    )
    with pytest.raises(ConfigurationError) as caught:
        sync.apply(store, wanted, now=BEGIN)
    # Of a keyword or an excluded term the list's place is known.
    assert places(caught.value, tmp_path) == ["watchlists.yaml:3:25", "watchlists.yaml:4:5", "watchlists.yaml:5:5"]
    assert store.watch_lists_list(BEGIN) == []


def test_lists_of_the_files_refer_to_one_another_and_to_no_others(read, store, tmp_path):
    text = """
        watch_lists:
          - {name: Sea, keywords: [odesa], notify: [{subscriber: desk}]}
          - {name: Grain, query: "grain list:Sea", notify: [{subscriber: desk}]}
          - {name: War, query: "war list:Se", notify: [{subscriber: desk}]}
        """
    with pytest.raises(ConfigurationError) as caught:
        sync.apply(store, read(text), now=BEGIN)
    assert places(caught.value, tmp_path) == ["watchlists.yaml:4:29"]
    assert "there is no watch list 'Se' (did you mean 'Sea'?)" in str(caught.value)
    assert sync.full_queries(read(text.replace('list:Se"', 'list:Sea"')))["War"] == "war list:Sea"


def test_a_list_that_stands_in_no_file_is_placed_at_the_files_beginning():
    wanted = Configuration(watch_lists=(WatchListLine("x", query="-only"),), subscribers=(SubscriberLine("desk"),))
    with pytest.raises(ConfigurationError) as caught:
        sync.full_queries(wanted)
    assert places(caught.value, "") == ["watchlists.yaml:1:1"]
