"""Subscribers' links: a GET changes nothing, a POST does what the link is for, and a link does nothing else."""

import re
from datetime import timedelta

import pytest
from contract.web.conftest import now, tell

from config.values import ChannelLine, SubscriberLine
from worker.alerts.links import GONE, Link, second_of, token_of
from worker.web.choice_words import OVER


@pytest.fixture
def ids(world):
    return {one.name: one.id for one in world.store.chooser(1).lists}


def state(world):
    """Everything that a link might change."""
    chooser = world.store.chooser(1)
    alerts = [(row.id, row.state) for row in world.store.alerts_list()]
    marks = [world.store.markable(row.id).mark for row in world.store.alerts_list()]
    return chooser, alerts, marks


def states(world):
    return {row.id: row.state for row in world.store.alerts_list()}


def paused(world):
    return {one.name for one in world.store.chooser(1).lists if one.paused_since is not None}


@pytest.mark.parametrize("purpose", ["pause", "unsubscribe", "preferences", "useful", "noise", "mute"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(site, world, ids, purpose, method):
    (alert,) = tell(world, "one")
    subjects = {"pause": [ids["Ukraine"]], "unsubscribe": [ids["Ukraine"]], "preferences": []}.get(purpose, [alert])
    before = state(world)
    answer = site.ask(site.link(purpose, *subjects), method)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert ('<form method="post">' in answer.text) == (method == "GET")
    assert state(world) == before


def test_one_click_ends_the_subscription_without_cookie_or_referer(site, world, ids):
    tell(world, "one", "two", lists=("Kyiv", "Ukraine"))
    body = b"List-Unsubscribe=One-Click"
    link = site.link("unsubscribe", ids["Ukraine"])
    answer = site.ask(link, "POST", body, Content_Type="application/x-www-form-urlencoded")
    assert (answer.status, "hear no more" in answer.text) == (200, True)
    assert paused(world) == {"Ukraine"}
    (ukraine,) = [one for one in world.store.chooser(1).lists if one.name == "Ukraine"]
    assert ukraine.paused_until is None
    by_list = {(row.watch_list, row.state) for row in world.store.alerts_list()}
    assert by_list == {("Ukraine", "cancelled"), ("Kyiv", "new")}
    # The message of both lists is told still, of the other.
    assert {row.state for row in world.store.deliveries_list()} == {"pending"}
    again = site.ask(link, "POST", b"--x\r\n", Content_Type="multipart/form-data; boundary=x")
    assert again.status == 200
    # It is told of nothing new of that list, and of the other still.
    tell(world, "three", lists=("Kyiv",))
    assert "new" in {row.state for row in world.store.alerts_list()}


def test_a_link_about_all_ends_all(site, world):
    tell(world, "one", lists=("Kyiv", "Ukraine"))
    assert site.post(site.link("unsubscribe")).status == 200
    assert world.store.chooser(1).paused_since is not None
    assert set(states(world).values()) == {"cancelled"}
    assert {row.state for row in world.store.deliveries_list()} == {"cancelled"}


@pytest.mark.parametrize(
    ("length", "most"),
    [("hour", timedelta(hours=1)), ("week", timedelta(days=7)), ("tomorrow", timedelta(hours=33))],
)
def test_a_pause_lasts_as_long_as_was_chosen(site, world, ids, length, most):
    answer = site.post(site.link("pause", ids["Kyiv"]), for_=length, of="these")
    assert answer.status == 200
    (kyiv, ukraine) = world.store.chooser(1).lists
    assert timedelta(0) < kyiv.paused_until - now() <= most
    assert length == "tomorrow" or kyiv.paused_until - now() > most - timedelta(minutes=1)
    assert ukraine.paused_since is None
    if length == "tomorrow":
        assert "08:00 (Europe/Kyiv)" in answer.text


def test_a_pause_of_all_until_further_notice(site, world, ids):
    assert site.post(site.link("pause", ids["Kyiv"]), for_="open", of="all").status == 200
    chooser = world.store.chooser(1)
    assert (chooser.paused_since is not None, chooser.paused_until, paused(world)) == (True, None, set())


@pytest.mark.parametrize("fields", [{}, {"for_": "ever"}])
def test_a_pause_without_a_length_is_refused(site, world, ids, fields):
    assert site.post(site.link("pause", ids["Kyiv"]), **fields).status == 400
    assert site.ask(site.link("pause", ids["Kyiv"]), "POST", b"&".join([b"a=1"] * 50)).status == 400
    assert paused(world) == set()


def test_marks_are_remembered_and_the_last_one_counts(site, world):
    (alert,) = tell(world, "one")
    for purpose in ("useful", "useful", "noise"):
        assert site.post(site.link(purpose, alert)).status == 200
        assert world.store.markable(alert).mark == purpose
    assert world.store.marks(now=now()) == {"Ukraine": (0, 1)}


def test_a_mark_is_for_all_lists_that_the_message_told_of(site, world):
    alerts = tell(world, "one", lists=("Kyiv", "Ukraine"))
    site.post(site.link("useful", alerts[0]))
    assert world.store.marks(now=now()) == {"Kyiv": (1, 0), "Ukraine": (1, 0)}


def test_a_muted_story_is_told_no_more(site, world):
    first, second = tell(world, "one", "two")
    assert site.post(site.link("mute", first)).status == 200
    assert states(world) == {first: "cancelled", second: "new"}
    assert sorted(row.state for row in world.store.deliveries_list()) == [
        "cancelled",
        "cancelled",
        "pending",
        "pending",
    ]


def test_preferences_show_what_is_paused_and_take_it_back(site, world, ids):
    link = site.link("preferences")
    assert site.ask(link).text.count(">told<") == 3
    done = site.post(link, do="pause", of=str(ids["Kyiv"]), for_="open")
    assert (done.status, done.headers["Location"]) == (303, link.rpartition("/")[2])
    assert paused(world) == {"Kyiv"}
    assert "paused until further notice" in site.ask(link).text
    assert site.post(link, do="resume", of=str(ids["Kyiv"])).status == 303
    assert paused(world) == set()
    site.post(link, do="pause", of="all", for_="hour")
    assert world.store.chooser(1).paused_until is not None
    site.post(link, do="resume", of="all")
    assert world.store.chooser(1).paused_since is None


@pytest.mark.parametrize(
    "fields",
    [{}, {"of": "all"}, {"do": "pause", "of": "all"}, {"do": "resume", "of": "77"}, {"do": "eat", "of": "all"}],
)
def test_preferences_refuse_what_no_button_says(site, world, fields):
    before = state(world)
    assert site.post(site.link("preferences"), **fields).status == 400
    assert state(world) == before


def test_earlier_links_can_be_made_void(site, world):
    link = site.link("preferences")
    done = site.post(link, do="void", of="all")
    assert (done.status, "No link that was sent" in done.text) == (200, True)
    assert site.ask(link).status == 404
    assert site.ask(site.link("preferences", version=1)).status == 200


def test_links_that_open_nothing_are_all_answered_alike(site, world, ids):
    (alert,) = tell(world, "one")
    good = site.link("useful", alert)
    forged = "/links/" + token_of(Link("useful", 1, 0, (alert,)), b"another key")
    bad = [
        *("/links/x", "/links/", "/links/%ff", forged, good[:-1], good + "A", "/links/" + "a" * 600),
        site.link("useful", alert + 1),
        site.link("useful", alert, version=1),
        site.link("useful", alert, subscriber=2),
        site.link("preferences", subscriber=2),
    ]
    answers = {(answer.status, answer.body) for path in bad if path != "/links/" for answer in (site.ask(path),)}
    assert {status for status, _ in answers} == {404}
    assert len(answers) == 1
    assert {site.ask(path, "POST").status for path in bad if path != "/links/"} == {404}
    assert world.store.markable(alert).mark is None


@pytest.mark.parametrize("purpose", ["mute", "pause", "preferences"])
def test_a_link_opens_nothing_that_came_into_being_after_it(site, world, ids, purpose):
    """After a restore numbers are given once more: to another alert, another list, another subscriber."""
    (alert,) = tell(world, "one")
    subjects, made_at = {
        "mute": ((alert,), world.store.markable(alert).made_at),
        "pause": ((ids["Ukraine"],), world.store.chooser(1).lists[0].made_at),
        "preferences": ((), world.store.chooser(1).made_at),
    }[purpose]
    links = {
        moment: "/links/" + token_of(Link(purpose, 1, 0, subjects, moment), world.store.link_key())
        for moment in (second_of(made_at), second_of(made_at) - 1)
    }
    good, old = map(site.ask, links.values())
    assert (good.status, "<form" in good.text) == (200, True)
    assert old.status == 404 or OVER in old.text
    before = state(world)
    site.post(links[second_of(made_at) - 1], do="pause", of="all", **{"for": "day"})
    assert state(world) == before


def test_a_link_of_another_subscriber_opens_no_alert_of_this_one(site, world):
    (alert,) = tell(world, "one")
    world.apply(feeds=[], lists=[], subscribers=(*world.configuration().subscribers, *others()), now=now())
    assert site.ask(site.link("useful", alert, subscriber=2)).status == 404
    assert site.ask(site.link("preferences", subscriber=2)).status == 200


def others():
    return [SubscriberLine("night", "UTC", (ChannelLine("log"),))]


def test_a_list_that_is_told_no_more_leaves_nothing_to_do(site, world, ids):
    link = site.link("unsubscribe", ids["Kyiv"])
    world.apply(lists=[("Ukraine", 30)], now=now())
    for method in ("GET", "POST"):
        answer = site.ask(link, method)
        assert (answer.status, "nothing left to do" in answer.text) == (200, True)


def test_a_link_about_a_list_of_another_name_does_nothing_to_all(site, world):
    for purpose in ("pause", "unsubscribe"):
        link = site.link(purpose, GONE)
        assert "nothing left to do" in site.ask(link).text
        assert "nothing left to do" in site.post(link, for_="open", of="all").text
    assert (world.store.chooser(1).paused_since, paused(world)) == (None, set())


@pytest.mark.parametrize("more", ["=", "==x", "!", "%0a", "%3d%3dAAAA"])
def test_a_token_written_otherwise_opens_nothing(site, more):
    link = site.link("preferences")
    assert site.ask(link + more).status == 404
    assert site.post(link + more, do="resume", of="all").status == 404


def test_what_a_feed_says_is_text_on_our_pages(site, world):
    evil = "<script>alert(1)</script> {{ 7 * 7 }}"
    (alert,) = tell(world, evil)
    page = site.ask(site.link("noise", alert)).text
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_a_page_is_well_formed_and_names_its_language(site):
    page = site.ask(site.link("preferences")).text
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert re.search('<link rel="stylesheet" href="../static/tocsin.css">', page)
    assert site.ask("/static/tocsin.css").headers["Content-Type"] == "text/css; charset=utf-8"
