"""OPML lists of feeds.yaml: read by hand, by file and by URL, and said of when they cannot be."""

from __future__ import annotations

import os

import pytest
from servers.documents import items, rss

from worker.cli.session import session


def listing(*urls):
    outlines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'


@pytest.fixture
def desk(prompt, feed_server):
    """A prompt that may reach the feed server, which has two feeds; feeds.yaml names none."""
    prompt.write("settings", {"min_interval": "1s", "fetch_allow": [feed_server.address]})
    for name in ("one", "two"):
        feed_server.publish(f"/{name}.xml", rss(items(2), title=name.title()))
    prompt.write("feeds", [])
    return prompt


def urls(desk):
    return [feed["url"] for feed in desk.json("feeds", "list")]


def test_a_list_with_an_address_is_read_by_a_poll(desk, feed_server):
    one, two = feed_server.url("/one.xml"), feed_server.url("/two.xml")
    source = feed_server.publish("/ours.opml", listing(one, two).encode(), content_type="text/x-opml")
    desk.write("feeds", [{"opml": source}])
    unread = f"the OPML list {source} has not been read yet; a service does so, and `tocsin poll`\n"
    assert desk("apply").err == unread
    assert desk("feeds", "list").err.endswith(unread)
    rows = desk.json("poll")
    assert [(row["url"], row["outcome"]) for row in rows] == [(one, "new"), (two, "new")]
    assert desk("feeds", "list").err == ""
    assert desk("poll", "Two").code == 0
    assert len(feed_server.requests("/ours.opml")) == 1


def test_one_that_cannot_be_read_is_said_wherever_somebody_looks(desk, feed_server):
    one = feed_server.url("/one.xml")
    (desk.config / "ours.opml").write_text(listing(one))
    source = feed_server.url("/none.opml?token=abc")
    desk.write("feeds", [{"opml": "ours.opml"}, {"opml": source}])
    said = f"the OPML list {feed_server.url('/none.opml')}?token=*** cannot be followed: 127.0.0.1 answered 404"
    polled = desk("poll")
    assert (polled.code, f"warning: {said}\n" in polled.err) == (1, True)
    assert polled.err.count("cannot be followed") == 1
    assert desk("poll", "One").code == 0
    assert desk("apply").err == f"no changes\nwarning: {said}\n"

    (desk.config / "ours.opml").unlink()
    again = desk("poll")
    assert again.code == 1
    gone = f"the OPML list {desk.config / 'ours.opml'} cannot be followed: No such file or directory"
    assert f"warning: {gone}" in again.err
    status = desk.json("status")
    assert {said, gone} <= set(status["troubles"])
    assert [(row["feeds"], row["last_error"]) for row in status["opml_lists"]] == [
        (1, "No such file or directory"),
        (0, "127.0.0.1 answered 404"),
    ]
    assert said in desk("status").out
    (feed,) = desk.json("feeds", "list")
    assert feed["note"] == "its OPML list cannot be followed: No such file or directory"


def test_a_path_is_read_whenever_the_files_are_applied(desk, feed_server):
    one, two = feed_server.url("/one.xml"), feed_server.url("/two.xml")
    desk.write("feeds", [{"opml": "ours.opml"}])
    assert "No such file" in desk("apply").err
    for wanted in ([one], [one, two], [two]):
        (desk.config / "ours.opml").write_text(listing(*wanted))
        assert desk("apply").code == 0
        assert urls(desk) == wanted
    (desk.config / "ours.opml").write_text(listing(one, two))
    assert [row["url"] for row in desk.json("poll")] == [one, two]


def test_the_same_folder_written_otherwise_removes_nothing(desk, feed_server):
    (desk.config / "ours.opml").write_text(listing(feed_server.url("/one.xml")))
    desk.write("feeds", [{"opml": "ours.opml"}])
    desk("apply")
    (desk.folder / "x").mkdir()
    again = desk("apply", "--config", "x/../config")
    assert (again.code, again.out, again.err) == (0, "", "no changes\n")


def test_a_path_written_in_two_ways_is_one_mistake_of_the_files(desk):
    desk.write("feeds", [{"opml": "ours.opml"}, {"opml": "./ours.opml"}])
    for command in ("check", "plan", "apply", "poll"):
        done = desk(command)
        assert (done.code, "stands already in line 2" in done.err) == (2, True)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_path_that_is_no_file_stops_nobody(desk, make):
    make(desk.config / "ours.opml")
    desk.write("feeds", [{"opml": "ours.opml"}])
    done = desk("apply")
    assert done.code == 0
    assert "cannot be followed: it is no regular file\n" in done.err or "Is a directory\n" in done.err
    assert desk("feeds", "list").code == 0


def test_check_warns_of_a_path_that_is_not_there(desk):
    desk.write("feeds", "feeds:\n  - opml: ours.opml\n  - opml: https://lists.example/ours.opml\n")
    said = f"feeds.yaml:2:5: there is no file {desk.config / 'ours.opml'} that can be read"
    (warning,) = (one for one in desk.json("check")["warnings"] if "there is no file" in one)
    assert warning.endswith(said)
    (desk.config / "ours.opml").write_text(listing())
    assert not any("there is no file" in one for one in desk.json("check")["warnings"])


def test_a_list_that_shrinks_is_not_believed_because_a_feed_was_removed(desk, feed_server):
    named = [f"https://{name}.example/f" for name in "abcde"]
    (desk.config / "ours.opml").write_text(listing(*named))
    desk.write("feeds", [{"opml": "ours.opml"}])
    desk("apply")
    desk("feeds", "add", feed_server.url("/one.xml"), "--name", "Mine")
    (desk.config / "ours.opml").write_text(listing(named[0]))
    for _ in range(2):
        assert "nothing changes before it says so again" in desk("apply").err
    desk("feeds", "remove", "Mine")
    desk("apply")
    with session(desk.config) as engine:
        engine.files.keep_lists()
    assert urls(desk) == named
