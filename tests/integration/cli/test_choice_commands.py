"""Pauses, mutes, marks, and what is learned from them; output feeds."""

from datetime import UTC, datetime, timedelta

import pytest
from contract.store.conftest import World

from worker.store import open_store


@pytest.fixture
def world(prompt):
    """A world in the database beside the prompt, whose files have been applied."""
    assert prompt("watch", "add", "Kyiv", "kyiv", "--exclude", "opera").code == 0
    store = open_store(f"sqlite:///{prompt.folder / 'var' / 'tocsin.db'}")
    yield World(store)
    store.close()


def now():
    return datetime.now(UTC)


def tell(world, *names, lists=("Ukraine",)):
    (feed,) = world.store.feeds_list()
    world.told(world.polled(feed.id, *names, at=now()), lists=lists, now=now())


def choices(prompt):
    return {row["watch_list"]: row["state"] for row in prompt.json("alerts", "list")}


def test_a_subscriber_is_left_alone_for_a_while(prompt, world):
    tell(world, "one", lists=("Kyiv", "Ukraine"))
    done = prompt("subscribers", "pause", "desk", "--list", "Kyiv", "--until", "2d")
    assert done.code == 0
    assert done.out.startswith("desk is told nothing of Kyiv until 20")
    assert done.err == "1 alert that waited cancelled\n"
    assert choices(prompt) == {"Kyiv": "cancelled", "Ukraine": "new"}
    all_ = prompt("subscribers", "pause", "desk")
    assert all_.out == "desk is told nothing until `tocsin subscribers resume`\n"
    assert choices(prompt) == {"Kyiv": "cancelled", "Ukraine": "cancelled"}

    kyiv = prompt("subscribers", "resume", "desk", "--list", "Kyiv")
    assert (kyiv.code, kyiv.out) == (0, "desk is told again of Kyiv, from now on\n")
    assert kyiv.err == "all that tells desk is paused still: `tocsin subscribers resume desk`\n"
    prompt("subscribers", "pause", "desk", "--list", "Kyiv")
    again = prompt("subscribers", "resume", "desk")
    assert (again.out, again.err) == ("desk is told again, from now on\n", "paused still, list by list: Kyiv\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pause", "dsk"], "there is no subscriber 'dsk'; did you mean `desk`?"),
        (["pause", "desk", "--list", "Kiev"], "there is no watch list 'Kiev'"),
        (["pause", "desk", "--until", "someday"], "'someday' is no time"),
        (["pause", "desk", "--until", "2022-02-12"], "a pause until 2022-02-12T00:00Z would be over already"),
        (["resume", "nobody"], "there is no subscriber 'nobody'"),
    ],
)
def test_what_cannot_be_paused_is_said(prompt, world, arguments, said):
    done = prompt("subscribers", *arguments)
    assert (done.code, said in done.err) == (2, True)


def test_alerts_are_marked_and_their_list_is_judged_by_that(prompt, world):
    tell(world, "one", "two", "three")
    assert prompt.json("watch", "list")[0]["precision"] is None
    done = prompt("alerts", "mark", "alt_1", "noise")
    assert (done.code, done.out) == (0, "marked as noise: one\n")
    for id_ in ("2", "alt_3"):
        assert prompt("alerts", "mark", id_, "useful").code == 0
    by_name = {row["name"]: row for row in prompt.json("watch", "list")}
    assert (by_name["Ukraine"]["precision"], by_name["Ukraine"]["marked_30d"]) == (0.667, 3)
    assert by_name["Kyiv"]["precision"] is None
    for arguments, said in (
        (["mark", "alt_1", "nice"], "there is no mark 'nice'"),
        (["mark", "alt_99", "noise"], "there is no alert 'alt_99'"),
        (["mark", "sty_1", "noise"], "it looks like alt_12"),
        (["mute", "alt_99"], "there is no alert 'alt_99'"),
    ):
        wrong = prompt("alerts", *arguments)
        assert (wrong.code, said in wrong.err) == (2, True)


def test_a_story_is_muted(prompt, world):
    tell(world, "one", "two")
    assert prompt("alerts", "mute", "alt_1").out == "muted: one\n"
    assert [row["state"] for row in prompt.json("alerts", "list")] == ["new", "cancelled"]


@pytest.mark.parametrize("name", ["Ukraine", "Kyiv"])
def test_what_to_exclude_is_suggested_with_its_numbers(prompt, world, name):
    none = prompt("watch", "suggest", name)
    assert (none.code, none.out) == (0, "")
    assert none.err == "nothing to suggest: no term stands in 3 alerts marked as noise (0 are) and in no other\n"
    assert prompt.json("watch", "suggest", name) is None
    tell(world, "football one", "football two", "football three", "football four", "troops", lists=(name,))
    for number in range(1, 5):
        prompt("alerts", "mark", f"alt_{number}", "noise")
    done = prompt("watch", "suggest", name)
    assert done.out == "football: in 4 of 4 marked as noise, in none of 1 others\n"
    if name == "Ukraine":
        assert "write it under `exclude` of Ukraine in config/watchlists.yaml" in done.err
    else:
        assert done.err == "`tocsin watch edit 'Kyiv' --exclude 'opera' --exclude 'football'` excludes it\n"
    assert prompt.json("watch", "suggest", name) == {
        "watch_list": name,
        "term": "football",
        "noise": 4,
        "noise_of": 4,
        "kept": 1,
    }
    wrong = prompt("watch", "suggest", "Nowhere")
    assert (wrong.code, "there is no watch list 'Nowhere'" in wrong.err) == (2, True)


def test_output_feeds_come_and_go(prompt, world):
    assert prompt("output", "list").err == "there are no output feeds; `tocsin output add` makes one\n"
    done = prompt("output", "add", "--list", "Ukraine")
    assert done.code == 0
    atom, json_feed = done.out.splitlines()
    assert atom.startswith("http://127.0.0.1:8000/out/")
    assert (atom.removesuffix(".atom"), atom[-5:]) == (json_feed.removesuffix(".json"), ".atom")
    assert "no web role runs" in done.err
    world.store.announce_web("https://tocsin.example")
    world.store.heartbeat("web", pid=1, now=now())
    made = prompt.json("output", "add", "--subscriber", "desk")
    assert (made["id"], made["watch_list"], made["subscriber"]) == ("out_2", None, "desk")
    assert made["atom"].startswith("https://tocsin.example/out/")
    listed = prompt("output", "list")
    assert "desk" in listed.out
    assert atom.rpartition("/")[2].removesuffix(".atom") not in listed.out
    assert [row["id"] for row in prompt.json("output", "list")] == ["out_1", "out_2"]
    assert prompt("output", "revoke", "out_1").out == "revoked out_1\n"
    assert [row["id"] for row in prompt.json("output", "list")] == ["out_2"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add"], "say whose alerts: --list NAME or --subscriber NAME"),
        (["add", "--list", "Ukraine", "--subscriber", "desk"], "say whose alerts"),
        (["add", "--list", "Ukrane"], "there is no watch list 'Ukrane'; did you mean"),
        (["add", "--subscriber", "nobody"], "there is no subscriber 'nobody'"),
        (["revoke", "out_1"], "there is no output feed 'out_1'"),
        (["revoke", "alt_1"], "it looks like out_12"),
    ],
)
def test_what_is_no_output_feed_is_said(prompt, world, arguments, said):
    done = prompt("output", *arguments)
    assert (done.code, said in done.err) == (2, True)


def test_status_says_how_long_alerts_took(prompt, world):
    assert prompt.json("status")["latency"]["seen_to_alert_s"] is None
    (feed,) = world.store.feeds_list()
    items = world.polled(feed.id, "one", at=now() - timedelta(minutes=5))
    world.told(items, now=now())
    latency = prompt.json("status")["latency"]
    assert latency["seen_to_alert_s"] == pytest.approx({"p50": 300.0, "p95": 300.0, "p99": 300.0}, abs=5)
    assert latency["alert_to_delivered_s"] is None
    assert [row["feed"] for row in latency["feeds"]] == ["One"]
    assert [row["watch_list"] for row in latency["watch_lists"]] == ["Ukraine"]
    assert "  seen to alert       5 min, 5 min, 5 min\n" in prompt("status").out
