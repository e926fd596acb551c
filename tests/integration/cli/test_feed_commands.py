"""Finding feeds, adding them, lists of them, their history, and pausing them: against a server that is really there."""

import re
import stat

import pytest
from servers.documents import items, rss

from worker.feeds import opml

PAGE = b"""<!DOCTYPE html><html><head><title>News</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments.xml">
<link rel="alternate" type="application/rss+xml" title="World" href="/world.xml">
<link rel="alternate" type="application/atom+xml" title="Gone" href="/gone.xml">
</head><body>Hello</body></html>"""

JOURNAL = "at until count outcome status new_items bytes seconds note"

ARCHIVE = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title><id>urn:desk</id>
<updated>2022-02-12T17:00:00Z</updated>%s%s</feed>"""


def html(feed_server, path, body=PAGE):
    return feed_server.publish(path, body, content_type="text/html; charset=utf-8")


def atom(*names, previous=None):
    link = f'<link rel="prev-archive" href="{previous}"/>' if previous else ""
    entries = "".join(
        f"<entry><id>urn:{name}</id><title>Ukraine {name}</title><updated>2022-02-12T17:00:00Z</updated></entry>"
        for name in names
    )
    return ARCHIVE % (link.encode(), entries.encode())


@pytest.fixture
def desk(prompt, feed_server):
    """A prompt that may reach the feed server; it publishes a page, its two feeds, and a feed by itself."""
    prompt.write("settings", {"min_interval": "1s", "fetch_allow": [feed_server.address]})
    html(feed_server, "/")
    feed_server.publish("/world.xml", rss(items(3), title="World news"))
    feed_server.publish("/comments.xml", rss(items(1), title="Comments on news"))
    feed_server.publish("/alone.xml", rss(items(2), title="Alone"))
    return prompt


def listed(desk):
    return {feed["url"]: feed for feed in desk.json("feeds", "list")}


def test_discover_shows_what_is_there_the_main_one_first(desk, feed_server):
    done = desk("feeds", "discover", feed_server.url("/"))
    assert (done.code, done.err) == (0, "")
    rows = desk.json("feeds", "discover", feed_server.url("/"))
    assert [(row["url"], row["title"], row["items"], row["how"]) for row in rows] == [
        (feed_server.url("/world.xml"), "World news", 3, "declared"),
        (feed_server.url("/comments.xml"), "Comments on news", 1, "declared"),
    ]
    assert len(listed(desk)) == 1  # nothing was added


def test_discover_finds_nothing_where_nothing_is(desk, feed_server):
    html(feed_server, "/empty", b"<html><body>Nothing here</body></html>")
    done = desk("feeds", "discover", feed_server.url("/empty"))
    assert (done.code, done.out, done.err) == (1, "", "no feed was found there\n")
    missing = desk("feeds", "discover", feed_server.url("/missing"))
    assert (missing.code, "answered 404" in missing.err) == (1, True)
    for path in ("/empty", "/missing"):
        told = desk("feeds", "discover", feed_server.url(path), "--json")
        assert (told.code, told.out) == (1, "[]\n")


@pytest.mark.parametrize("command", ["discover", "add"])
def test_an_address_that_is_refused_says_what_would_allow_it(desk, command):
    done = desk("feeds", command, "http://127.0.0.1:9/feed")
    advice = "127.0.0.1:9 is not a public address; a private address must be named in `fetch_allow` of settings.yaml"
    assert advice in done.err


@pytest.mark.parametrize("command", ["discover", "add"])
def test_an_address_that_nothing_would_allow_gets_no_such_advice(desk, command):
    done = desk("feeds", command, "http://0x7f.1/feed")
    assert "host refused by its form" in done.err
    assert "fetch_allow" not in done.err


def test_add_takes_a_feed_as_it_is(desk, feed_server):
    url = feed_server.url("/alone.xml")
    added = desk("feeds", "add", url, "--full-text", "--ignore-hints")
    assert (added.code, added.out, added.err) == (0, f"added {url}\n", "")
    row = listed(desk)[url]
    assert (row["full_text"], row["ignore_hints"], row["managed_by"]) == (True, True, "command")
    assert (row["name"], row["last_polled_at"]) == ("Alone", None)  # its title is known before the first poll


def test_add_refuses_the_address_that_a_feed_has_moved_to(desk, feed_server):
    new = feed_server.url("/alone.xml")
    old = feed_server.publish("/old.xml", status=301, headers={"Location": new})
    desk.write("settings", {"fetch_allow": [feed_server.address], "redirect_after": "0s"})
    desk("feeds", "add", old, "--name", "Moved", "--no-check")
    for _ in range(3):
        desk("poll", "Moved")
    assert listed(desk)[old]["polled_url"] == new
    again = desk("feeds", "add", new)
    assert (again.code, "this feed is there already: Moved (managed by command)" in again.err) == (2, True)


def test_add_takes_the_main_feed_of_a_page_and_names_the_others(desk, feed_server):
    added = desk("feeds", "add", feed_server.url("/"), "--name", "World")
    assert (added.code, added.out) == (0, f"added {feed_server.url('/world.xml')}\n")
    assert added.err == (
        f"found behind {feed_server.url('/')}: World news\n"
        f"also there: {feed_server.url('/comments.xml')} (Comments on news)\n"
    )
    assert listed(desk)[feed_server.url("/world.xml")]["name"] == "World"
    again = desk("feeds", "add", feed_server.url("/"))
    assert (again.code, "this feed is there already: World" in again.err) == (2, True)


def test_add_refuses_a_page_without_feeds_unless_told_otherwise(desk, feed_server):
    url = html(feed_server, "/empty", b"<html><body>Nothing here</body></html>")
    refused = desk("feeds", "add", url)
    assert (refused.code, refused.out) == (1, "")
    assert "names no feed" in refused.err
    assert url not in listed(desk)
    asked = len(feed_server.requests())
    taken = desk("feeds", "add", url, "--no-check")
    assert (taken.code, taken.out, taken.err) == (0, f"added {url}\n", "")
    assert len(feed_server.requests()) == asked


@pytest.mark.parametrize("path", ["/missing", "http://127.0.0.1:9/feed"])
def test_add_takes_an_address_that_cannot_be_read_now_at_its_word(desk, feed_server, path):
    url = path if "://" in path else feed_server.url(path)
    added = desk("feeds", "add", url)
    assert (added.code, added.out) == (0, f"added {url}\n")
    assert added.err.startswith("warning: it cannot be read at the moment: ")
    assert url in listed(desk)


def test_older_documents_are_read_into_the_archive_silently(desk, feed_server):
    first = feed_server.publish("/1.xml", atom("one", "two"))
    second = feed_server.publish("/2.xml", atom("three", previous=first))
    url = feed_server.publish("/feed.xml", atom("four", previous=second))
    added = desk("feeds", "add", url, "--history")
    assert (added.code, added.err) == (0, "history: 3 items of 2 older documents; there are no older ones\n")
    assert listed(desk)[url]["items"] == 3
    assert len(desk.json("search", "ukraine")) == 3
    assert desk.json("alerts", "list") == []
    desk("poll", url)
    assert listed(desk)[url]["items"] == 4


def test_history_that_cannot_be_read_is_said(desk, feed_server):
    url = feed_server.publish("/feed.xml", atom("four", previous=feed_server.url("/none.xml")))
    added = desk("feeds", "add", url, "--history", "--pages", "5")
    assert (added.code, "the next older one cannot be read: HTTP 404" in added.err) == (1, True)
    unread = desk("feeds", "add", "http://127.0.0.1:9/feed", "--history")
    assert (unread.code, "its older documents were not read" in unread.err) == (1, True)
    wrong = desk("feeds", "add", feed_server.url("/world.xml"), "--history", "--no-check")
    assert (wrong.code, wrong.err) == (2, "tocsin: --history reads the feed; leave --no-check out\n")


@pytest.mark.parametrize("named_by", ["page", "feed"])
def test_history_that_was_interrupted_is_taken_up_again(desk, feed_server, named_by):
    second = feed_server.url("/2.xml")
    url = feed_server.publish("/feed.xml", atom("four", previous=second))
    page = html(feed_server, "/page", b'<html><link rel="feed" href="/feed.xml">')
    command = ["feeds", "add", page if named_by == "page" else url, "--history", "--name", "Desk"]
    assert desk(*command).code == 1
    feed_server.publish("/2.xml", atom("three", previous=feed_server.publish("/1.xml", atom("one", "two"))))
    again = desk(*command)
    assert (again.code, again.out) == (0, "")
    assert again.err.endswith(
        "Desk is there already, and stays as it is\nhistory: 3 items of 2 older documents; there are no older ones\n"
    )
    assert listed(desk)[url]["items"] == 3
    assert "history: 0 items of 2 older documents" in desk(*command).err
    refused = desk(*command[:3])
    assert (refused.code, "this feed is there already: Desk" in refused.err) == (2, True)


def test_history_of_a_feed_that_has_become_a_page_is_not_that_of_another(desk, feed_server):
    url = feed_server.publish("/feed.xml", atom("four", previous=feed_server.publish("/1.xml", atom("one"))))
    desk("feeds", "add", url, "--name", "Desk")
    html(feed_server, "/feed.xml")
    done = desk("feeds", "add", url, "--history")
    assert (done.code, "its older documents were not read" in done.err) == (1, True)
    assert listed(desk)[url]["items"] == 0


def test_a_name_that_is_taken_is_refused_with_history_too(desk, feed_server):
    refused = desk("feeds", "add", feed_server.url("/alone.xml"), "--history", "--name", "one")
    assert (refused.code, "another feed is called One already" in refused.err) == (2, True)


def test_the_history_of_a_feed_is_its_journal(desk, feed_server):
    url = feed_server.url("/alone.xml")
    desk("feeds", "add", url)
    nothing = desk("feeds", "history", url)
    assert (nothing.code, nothing.out, "has not been polled yet" in nothing.err) == (0, "", True)
    for _ in range(3):
        desk("poll", url)
    rows = desk.json("feeds", "history", url)
    assert set(rows[0]) >= set(JOURNAL.split())
    assert [(row["outcome"], row["count"], row["status"], row["new_items"]) for row in rows] == [
        ("not_modified", 2, 304, 0),
        ("new", 1, 200, 2),
    ]
    assert desk("feeds", "history", url).code == 0


def test_a_paused_feed_is_polled_no_more_until_it_is_resumed(desk, feed_server):
    url = feed_server.url("/alone.xml")
    desk("feeds", "add", url, "--name", "Alone")
    assert desk("feeds", "pause", "Alone").out == "paused Alone\n"
    row = listed(desk)[url]
    assert (row["state"], row["paused"]) == ("disabled", True)
    assert "--resume" in row["note"]
    asked = len(feed_server.requests("/alone.xml"))
    desk("poll", "--due")
    assert len(feed_server.requests("/alone.xml")) == asked
    assert desk("feeds", "pause", "Alone", "--resume").out == "resumed Alone\n"
    desk("poll", "--due")
    assert len(feed_server.requests("/alone.xml")) == asked + 1
    unknown = desk("feeds", "pause", "Alnoe")
    assert (unknown.code, "did you mean `Alone`?" in unknown.err) == (2, True)


LIST = """<opml version="2.0"><head/><body>
<outline text="World"><outline type="rss" text="Two" xmlUrl="https://u:pw@two.example/f?token=abc"/></outline>
<outline type="rss" text="one" xmlUrl="https://three.example/f" category="en"/>
<outline type="rss" text="One" xmlUrl="https://one.example/feed"/>
<outline type="rss" text="File" xmlUrl="file:///etc/passwd"/>
</body></opml>"""


def test_lists_go_in_and_out(desk):
    (desk.folder / "ours.opml").write_text(LIST, encoding="utf-8")
    done = desk("feeds", "import", "ours.opml", "--tag", "ours")
    assert (done.code, done.out) == (0, "added 2 feeds; 1 there already\n")
    assert done.err == "1 left out, whose address is neither http nor https\n"
    again = desk("feeds", "import", "ours.opml")
    assert again.out == "added 0 feeds; 3 there already\n"
    rows = {row["name"]: row for row in desk.json("feeds", "list")}
    assert rows["Two"]["tags"] == ["ours", "World"]
    assert rows["https://three.example/f"]["tags"] == ["ours", "en"]  # another feed is called One

    out = desk("feeds", "export")
    assert (out.code, "pw" in out.out, "abc" in out.out) == (0, False, False)
    assert "warning: Two: its address is written without what it keeps secret" in out.err
    found = {one.url: one for one in opml.parse(out.out.encode()).feeds}
    assert set(found) == {"https://one.example/feed", "https://two.example/f", "https://three.example/f"}
    assert (found["https://two.example/f"].title, found["https://two.example/f"].tags) == ("Two", ("ours", "World"))

    whole = desk("feeds", "export", "all.opml", "--secrets")
    assert (whole.code, whole.out, whole.err) == (0, "wrote 3 feeds to all.opml\n", "")
    file = desk.folder / "all.opml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"https://u:pw@two.example/f?token=abc" in file.read_bytes()
    assert desk("feeds", "export", "all.opml").code == 0
    assert b"pw" not in file.read_bytes()
    assert sorted(path.name for path in desk.folder.iterdir()) == ["all.opml", "config", "ours.opml", "var"]


def undated(document):
    """But for the moment at which it was written."""
    return re.sub("<dateCreated>.*</dateCreated>", "", document)


def test_what_goes_out_comes_in_again_as_it_was(desk, feed_server):
    url = feed_server.url("/alone.xml")
    options = ["--every", "5m", "--tag", "en, uk", "--full-text", "--ignore-hints", "--no-check"]
    desk("feeds", "add", url, *options)
    before = listed(desk)[url]
    assert before["name"] == url
    out = desk("feeds", "export", "-")
    assert (out.code, undated(out.out)) == (0, undated(desk("feeds", "export").out))
    (desk.folder / "all.opml").write_text(out.out, encoding="utf-8")
    desk("feeds", "remove", url)
    assert desk("feeds", "import", "all.opml").out == "added 1 feed; 1 there already\n"
    after = listed(desk)[url]
    for key in ("name", "every", "tags", "full_text", "ignore_hints"):
        assert after[key] == before[key], key
    desk("poll", url)
    assert listed(desk)[url]["name"] == "Alone"  # no name holds it back


@pytest.mark.parametrize(
    ("document", "arguments", "said"),
    [
        (None, [], "ours.opml cannot be read: No such file or directory"),
        ("<html>", [], "ours.opml: the document is an HTML page, not an OPML list"),
        ("<opml><body></body></opml>", [], "ours.opml names no feed"),
        ('<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml/>', [], "declarations of its own"),
        (LIST, ["--tag", ""], "--tag: this is empty"),
    ],
)
def test_a_list_that_is_none_adds_nothing(desk, document, arguments, said):
    if document is not None:
        (desk.folder / "ours.opml").write_text(document, encoding="utf-8")
    done = desk("feeds", "import", "ours.opml", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(listed(desk)) == 1


def test_a_list_with_an_address_belongs_into_the_files(desk):
    done = desk("feeds", "import", "https://lists.example/ours.opml")
    assert (done.code, "write `- opml: URL` into feeds.yaml" in done.err) == (2, True)


def test_a_list_that_was_cut_off_is_taken_as_far_as_it_goes(desk):
    (desk.folder / "ours.opml").write_text(LIST.partition('<outline type="rss" text="One"')[0], encoding="utf-8")
    done = desk("feeds", "import", "ours.opml")
    assert (done.code, done.out) == (0, "added 2 feeds; 0 there already\n")
    assert done.err == "warning: the list is cut off before its end; what stands there is taken\n"


def test_an_export_that_cannot_be_written_says_so(desk):
    done = desk("feeds", "export", "nowhere/all.opml")
    assert (done.code, "nowhere/all.opml cannot be written: No such file or directory" in done.err) == (2, True)
