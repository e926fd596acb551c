"""What is doubtful in watch lists, said by `watch lint`, `watch add`, `watch edit` and `check`; what they are called."""

from __future__ import annotations

import pytest
from servers.tocsin import Home


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.write("subscribers", subscribers=[{"name": "desk", "channels": [{"log": True}]}])
    return home


def test_what_is_doubtful_is_said_when_a_list_is_added_changed_and_looked_at(home):
    added = home.run("watch", "add", "World", "WHO")
    assert "added World" in added.stdout
    assert "WHO stands in nearly every text in English" in added.stderr
    assert "  WHO\n  ^^^" in added.stderr
    edited = home.run("watch", "edit", "World", "--query", "kyiv -kyiv")
    assert "kyiv is required, and excluded here: nothing can match" in edited.stderr
    home.run("watch", "add", "Good", "kyiv")
    assert home.json("watch", "lint") == [
        {
            "watch_list": "World",
            "doubt": "kyiv is required, and excluded here: nothing can match",
            "picture": "  kyiv -kyiv\n       ^^^^^",
        }
    ]
    assert home.run("watch", "lint", "Good").stdout == "1 watch lists: nothing is doubtful\n"
    assert "warning  World: kyiv is required" in home.run("watch", "lint", "World").stdout
    wrong = home.run("watch", "lint", "Goo", check=False)
    assert wrong.returncode == 2
    assert "Good" in wrong.stderr


def test_check_says_it_of_the_files_at_its_place(home):
    lists = [{"name": "Code", "query": "kyiv OR C++", "notify": [{"subscriber": "desk"}]}]
    home.write("watchlists", watch_lists=lists)
    said = home.run("check").stdout
    assert "watchlists.yaml:3:18: watch list 'Code': ++ is no part of a word" in said
    lists[0]["query"] = "kyiv list:Other"
    home.write("watchlists", watch_lists=lists)
    wrong = home.run("check", check=False)
    assert wrong.returncode == 2
    assert "watchlists.yaml:3:15: watch list 'Code': there is no watch list 'Other'" in wrong.stderr


def test_signs_of_a_query_in_keywords_are_said_by_check_and_of_what_is_stored(home):
    lists = [
        {"name": "Ukraine", "keywords": ["Ukraine -football"], "languages": ["de"], "notify": [{"subscriber": "desk"}]}
    ]
    home.write("watchlists", watch_lists=lists)
    said = home.run("check").stdout
    assert "watch list 'Ukraine': - says nothing in a keyword, which is one phrase" in said
    assert "write query: 'Ukraine -football'" in said
    added = home.run("watch", "add", "Gold", "price or gold", "--exclude", "!oil", "--language", "en")
    assert "or is a word to look for as it stands: write OR in capitals" in added.stderr
    assert "leave ! out" in added.stderr
    found = [(one["watch_list"], one["picture"]) for one in home.json("watch", "lint")]
    assert found == [
        ("Gold", "  !oil\n  ^"),
        ("Gold", "  price or gold\n        ^^"),
        ("Ukraine", "  Ukraine -football\n          ^"),
    ]


@pytest.mark.parametrize("opml", [False, True])
def test_tags_and_feeds_that_there_are_not(home, opml):
    home.write(
        "feeds",
        feeds=[
            {"url": "https://a.invalid/rss", "name": "BBC World", "tags": ["world"]},
            *([{"opml": "https://b.invalid/feeds.opml"}] if opml else ()),
        ],
    )
    lists = [
        {"name": "A", "query": "feed:Nope tag:wold", "feeds": {"tags": ["wrld"]}, "notify": [{"subscriber": "desk"}]},
        {"name": "B", "query": 'feed:"BBC World" tag:World', "notify": [{"subscriber": "desk"}]},
    ]
    home.write("watchlists", watch_lists=lists)
    checked = home.run("check").stdout
    added = home.run("watch", "add", "Mine", "grain tag:nosuch", "--tag", "words").stderr
    linted = [(one["watch_list"], one["doubt"]) for one in home.json("watch", "lint")]
    if opml:  # nobody knows its feeds yet
        assert "can never be met" not in checked + added
        assert "and no feed is" not in checked + added
        assert linted == []
        return
    assert "watchlists.yaml:3:10: watch list 'A': feed:Nope can never be met, for no feed has that" in checked
    assert "watchlists.yaml:3:20: watch list 'A': tag:wold can never be met, for no feed has this tag" in checked
    assert "watch list 'A' looks at feeds tagged 'wrld', and no feed is; did you mean `world`?" in checked
    assert "watch list 'B'" not in checked
    assert "warning  it looks at feeds tagged 'words', and no feed is; did you mean `world`?" in added
    assert "warning  tag:nosuch can never be met, for no feed has this tag; there are world" in added
    assert linted == [
        ("A", "it looks at feeds tagged 'wrld', and no feed is; did you mean `world`?"),
        ("A", "feed:Nope can never be met, for no feed has that in its name or address; there are BBC World"),
        ("A", "tag:wold can never be met, for no feed has this tag; did you mean `world`?"),
        ("Mine", "it looks at feeds tagged 'words', and no feed is; did you mean `world`?"),
        ("Mine", "tag:nosuch can never be met, for no feed has this tag; there are world"),
    ]


def test_a_feed_that_is_not_named_yet_may_be_any(home):
    home.write("feeds", feeds=[{"url": "https://a.invalid/rss"}])
    assert home.run("watch", "add", "Mine", "grain feed:Nope").stderr == ""
    assert home.json("watch", "lint") == []


def test_a_list_that_grows_too_large_for_another_names_it(home):
    home.run("watch", "add", "Grain", "grain")
    home.run("watch", "add", "Bread", "list:Grain OR /flour/")
    large = " OR ".join(f"/k{number}/" for number in range(50))
    wrong = home.run("watch", "edit", "Grain", "--query", large, check=False)
    assert wrong.returncode == 2
    assert "'Bread', which refers to what is changed, could not be asked any more" in wrong.stderr
    assert "more than 50 regular expressions" in wrong.stderr


def test_countries_are_shown_by_their_names(home):
    home.run("watch", "add", "Front", "country:UA war")
    (row,) = home.json("watch", "list")
    assert row["countries"].keys() == {"UA"}
    assert {"Ukraine", "Україна"} <= set(row["countries"]["UA"])
    assert "country:UA is Ukraine, Україна" in home.run("watch", "list").stderr
