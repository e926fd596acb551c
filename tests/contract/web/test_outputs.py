"""Output feeds: what they hold, who may read them, and that nobody reads twice what is as it was."""

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import feedparser
import pytest
from contract.store.conftest import digest, item
from contract.web.conftest import now, tell
from contract.web.rules import atom_faults, json_feed_faults

from worker.errors import ConfigurationError
from worker.store import tables
from worker.stories.model import NewItem

HOSTILE = "</title>\x0b\ufffe]]> <script>alert(1)</script> & \u202ebad &amp; \ud7ff \U0001f600"


@pytest.fixture
def token(world):
    return world.store.add_output_feed(watch_list="Ukraine", subscriber=None, now=now())[1]


def both(site, token):
    """Both documents, valid."""
    atom, json = site.ask(f"/out/{token}.atom"), site.ask(f"/out/{token}.json")
    assert (atom.status, atom.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert (json.status, json.headers["Content-Type"]) == (200, "application/feed+json")
    assert atom_faults(atom.body) == []
    assert json_feed_faults(json.body) == []
    parsed = feedparser.parse(atom.body)
    assert (parsed.bozo, parsed.version) == (0, "atom10")
    assert [entry.id for entry in parsed.entries] == [one["id"] for one in json.json["items"]]
    return parsed, json.json


def test_a_feed_without_alerts_is_a_feed(site, token):
    parsed, json = both(site, token)
    assert (parsed.feed.title, parsed.entries, json["title"]) == ("Tocsin: Ukraine", [], "Tocsin: Ukraine")
    assert parsed.feed.links[0].href == f"http://127.0.0.1:{site.port}/out/{token}.atom"
    assert json["feed_url"] == f"http://127.0.0.1:{site.port}/out/{token}.json"


def test_the_alerts_of_a_list_latest_first(site, world, token):
    tell(world, "one", "two")
    tell(world, "elsewhere", lists=("Kyiv",))
    parsed, json = both(site, token)
    assert [entry.title for entry in parsed.entries] == ["two", "one"]
    entry = parsed.entries[1]
    assert entry.link == "https://a.example/one"
    assert entry.author == "A"
    assert [tag.term for tag in entry.tags] == ["Ukraine"]
    assert entry.source.title == "A"
    assert entry.content[0].value == "<p>Some text.</p><p>A. 1 report, 1 independent. Watch list: Ukraine.</p>"
    assert json["items"][1]["content_text"] == "Some text.\n\nA. 1 report, 1 independent. Watch list: Ukraine."


def test_a_story_is_one_entry_whomever_and_by_however_many_lists_it_was_told(site, world):
    _, of_subscriber = world.store.add_output_feed(watch_list=None, subscriber="desk", now=now())
    tell(world, "one", lists=("Kyiv", "Ukraine"))
    tell(world, "two", lists=("Kyiv",))
    parsed, _ = both(site, of_subscriber)
    assert [[tag.term for tag in entry.tags] for entry in parsed.entries] == [["Kyiv"], ["Kyiv", "Ukraine"]]
    # What was cancelled is not for this reader.
    world.store.pause_lists(1, None, until=None, now=now())
    assert both(site, of_subscriber)[0].entries == []


def test_at_most_a_hundred_the_latest(site, world, token):
    tell(world, *(f"n{number}" for number in range(101)))
    parsed, _ = both(site, token)
    assert [entry.title for entry in parsed.entries] == [f"n{number}" for number in reversed(range(1, 101))]


def test_what_feeds_say_is_text_whatever_it_is(site, world, token):
    feed = world.store.feeds_list()[0].id
    odd = [
        {"title": HOSTILE, "text": HOSTILE, "authors": (HOSTILE, ""), "source": HOSTILE},
        {"title": "", "text": "", "source": ""},
        *({"link": link} for link in ODD_LINKS),
    ]
    added = tuple(NewItem(identified(number, **more), news=True, fold=True) for number, more in enumerate(odd))
    (leased,) = world.begin(feed, now=now(), force=True)
    world.told([*world.written(world.record(leased, added=added, at=now()))[feed].unmatched], now=now())
    parsed, json = both(site, token)
    entries = {entry.title: entry for entry in parsed.entries}
    assert "(no headline)" in entries
    (hostile,) = [entry for title, entry in entries.items() if title.startswith("</title>")]
    assert hostile.title == "</title> ]]> <script>alert(1)</script> & bad &amp; \ud7ff \U0001f600"
    raw = next(one for one in json["items"] if one["title"].startswith("</title>"))["content_html"]
    assert "<script" not in raw
    assert raw.startswith("<p>&lt;/title&gt;")
    links = {one["title"]: one.get("url") for one in json["items"]}
    assert [links[f"n{number}"] for number in range(2, 2 + len(ODD_LINKS))] == list(ODD_LINKS.values())


ODD_LINKS = {
    "javascript:alert(1)": None,
    "https://a.example/\u043f\u0440\u0435\u0441\u0441\u0430?q=\u044f&x=%41#f": (
        "https://a.example/%D0%BF%D1%80%D0%B5%D1%81%D1%81%D0%B0?q=%D1%8F&x=%41#f"
    ),
    "https://\u043f\u0440\u0435\u0441\u0441\u0430.example:8443/": "https://xn--80aj3aega.example:8443/",
    "https://user:hunter2@a.example/p": "https://a.example/p",
    'https://a.example/"<>`{}|\\^ x': "https://a.example/%22%3C%3E%60%7B%7D%7C%5C%5E%20x",
    "https://[::1]/": "https://[::1]/",
    "https://[::/": None,
    "https://a.example:99999/": None,
    "https:///x": None,
    "https://a\x00b.example/": None,
    "https://a.example/[a]%zz?a=[b]#c#d": "https://a.example/%5Ba%5D%25zz?a=%5Bb%5D#c%23d",
}


def identified(number, link=None, title=None, text="Some text.", **more):
    made = item(f"n{number}", **more)
    data = replace(
        made.item, link=link or made.item.link, title=f"n{number}" if title is None else title, summary=text, text=text
    )
    return replace(made, item=data, content=digest(f"{number}"))


def test_an_update_moves_the_time_and_not_the_id(site, world, token):
    (alert,) = tell(world, "one")
    before = both(site, token)[0].entries[0]
    later = now() + timedelta(hours=1)
    values = {"alert_id": alert, "sequence": 1, "subscription_id": 2, "kind": "reported", "item_id": 1, "revision": 0}
    with world.store._transaction("write") as connection:
        connection.execute(tables.alert_updates.insert().values(**values, created_at=later))
    after = both(site, token)[0]
    assert after.entries[0].id == before.id
    assert after.entries[0].published == before.published
    assert after.entries[0].updated > before.updated
    assert after.feed.updated == after.entries[0].updated


def test_who_has_no_token_reads_nothing_and_learns_nothing(site, world, token):
    row = world.store.output_feeds_list()[0]
    assert (row.watch_list, row.subscriber) == ("Ukraine", None)
    unknown = site.ask("/out/unknown.atom")
    assert world.store.revoke_output_feed(row.id, now=now())
    assert not world.store.revoke_output_feed(row.id, now=now())
    revoked = site.ask(f"/out/{token}.atom")
    assert (unknown.status, revoked.status, unknown.body) == (404, 404, revoked.body)
    assert world.store.output_feeds_list() == []
    for path in (f"/out/{token}", "/out/.atom", f"/out/{token}.rss", f"/out/{'%00' * 9}.atom", "/out/%ed%a0%80.json"):
        assert site.ask(path).status == 404


def test_what_is_removed_is_read_no_more(site, world, token):
    world.apply(lists=[("Kyiv", 30)], now=now())
    assert site.ask(f"/out/{token}.atom").status == 404
    for wrong in ({"watch_list": "Ukraine", "subscriber": None}, {"watch_list": None, "subscriber": "nobody"}):
        with pytest.raises(ConfigurationError, match="there is no"):
            world.store.add_output_feed(**wrong, now=now())


def test_the_token_is_kept_nowhere(world, token, tmp_path):
    world.store.close()
    for file in tmp_path.iterdir():
        assert token.encode() not in file.read_bytes()


# --- who has it already ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_a_reader_that_has_it_gets_nothing_twice(site, world, token, kind):
    tell(world, "one")
    path = f"/out/{token}.{kind}"
    first = site.ask(path)
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    assert first.headers["Cache-Control"] == "private, no-cache"
    for tags in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = site.ask(path, If_None_Match=tags)
        assert (again.status, again.body) == (304, b"")
        assert (again.headers["ETag"], again.headers["Cache-Control"]) == (etag, "private, no-cache")
        assert again.headers["Last-Modified"]
    assert site.ask(path, If_None_Match='"x"').status == 200
    tell(world, "two")
    assert site.ask(path, If_None_Match=etag).status == 200


def test_a_head_is_a_get_without_its_body(site, world, token):
    tell(world, "one")
    get, head = site.ask(f"/out/{token}.atom"), site.ask(f"/out/{token}.atom", "HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


def test_times_hold_only_where_no_tags_are_given(site, world, token):
    tell(world, "one")
    path = f"/out/{token}.atom"
    etag = site.ask(path).headers["ETag"]
    later = format_datetime(now() + timedelta(minutes=1), usegmt=True)
    assert site.ask(path, If_Modified_Since=later).status == 304
    assert site.ask(path, If_Modified_Since=later, If_None_Match='"x"').status == 200
    assert site.ask(path, If_Modified_Since="nonsense", If_None_Match=etag).status == 304
    for wrong in ("nonsense", "Sat, 12 Feb 2022 17:00:00", format_datetime(now() - timedelta(days=1), usegmt=True)):
        assert site.ask(path, If_Modified_Since=wrong).status == 200


def test_a_time_that_was_told_is_taken_back(site, world, token):
    tell(world, "one")
    path = f"/out/{token}.atom"
    told = site.ask(path).headers["Last-Modified"]
    assert parsedate_to_datetime(told) <= now()
    again = site.ask(path, If_Modified_Since=told)
    assert (again.status, again.headers["Last-Modified"]) == (304, told)
    tell(world, "two")
    assert site.ask(path, If_Modified_Since=told).status == 200, "be it within the same second"


def test_readers_with_tokens_of_their_own_do_not_disturb_each_other(site, world, token):
    tell(world, "one")
    _, other = world.store.add_output_feed(watch_list="Ukraine", subscriber=None, now=now())
    later = format_datetime(now() + timedelta(minutes=1), usegmt=True)
    for _ in range(2):
        first, second = site.ask(f"/out/{token}.atom"), site.ask(f"/out/{other}.atom")
        assert first.headers["ETag"] != second.headers["ETag"]  # each names its own address
    assert site.ask(f"/out/{token}.atom", If_Modified_Since=later).status == 304


@pytest.mark.parametrize(
    "since",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999",
        "Mon, 01 Jan 2024 00:00:00 -9999999",
        "Mon, 99999999999999999999 Jan 2024 00:00:00 GMT",
        "Sat, 01 Jan 0001 00:00:00 +2359",
        "Fri, 31 Dec 9999 23:59:59 -2359",
    ],
)
def test_a_date_beyond_all_dates_is_no_date(site, token, since):
    assert site.ask(f"/out/{token}.atom", If_Modified_Since=since).status in (200, 304)
