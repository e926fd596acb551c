from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.feeds.model import ItemData
from worker.stories.identity import identify, names
from worker.stories.ladder import RUNGS, TRUSTED, Evidence, Standing, headlines, judge
from worker.stories.model import IdentifiedItem, KnownItem, Rung

NOW = datetime(2022, 2, 12, 17, 0, 5, tzinfo=UTC)


def items(count: int, **shared: object) -> list[ItemData]:
    return [
        replace(
            ItemData(
                id=f"id-{n}",
                link=f"https://a.example/{n}",
                title=f"Title {n}",
                text=f"Text {n}.",
                published=NOW + timedelta(minutes=n),
            ),
            **shared,
        )
        for n in range(count)
    ]


def listed(given: list[ItemData]) -> Evidence:
    return Evidence([names(item) for item in given])


def met(before: list[ItemData], now: list[ItemData], rung: Rung = "id") -> list[tuple[KnownItem, IdentifiedItem]]:
    return [
        (KnownItem(n, known.identity, known.content, known.item.link, known.item.published), item)
        for n, (known, item) in enumerate(zip(identify(before, rung), identify(now, rung), strict=True))
    ]


def test_a_feed_of_which_nothing_lies_stays_where_it_is() -> None:
    assert judge(TRUSTED, listed(items(30))) == (TRUSTED, None)
    standing = Standing("link+title", 1)
    assert judge(standing, listed(items(30))) == (standing, None)


@pytest.mark.parametrize(
    ("wrong", "count", "steps"),
    [
        (30, 30, True),
        (3, 30, True),
        (2, 30, False),
        (3, 60, False),
        (4, 60, True),
        (5, 5, True),
        (3, 5, True),
        (2, 5, False),
        (4, 4, False),
        (1, 1, False),
    ],
)
def test_more_than_one_name_in_twenty_three_at_least_must_lie_and_little_is_no_proof(
    wrong: int, count: int, steps: bool
) -> None:
    given = [*items(wrong, id=None), *items(count)[wrong:]]
    standing, note = judge(TRUSTED, listed(given))
    assert standing == Standing("link" if steps else "id")
    assert note == (f"items are known by link from now on: {wrong} of {count} have no id" if steps else None)


def test_what_is_repeated_lies_and_what_is_absent_with_it() -> None:
    given = items(20)
    given[:2] = items(2, id=None)
    given[2:4] = items(4, id="same")[2:]
    assert judge(TRUSTED, listed(given)) == (
        Standing("link"),
        "items are known by link from now on: 2 of 20 have no id and 2 of 20 share their id",
    )
    assert judge(TRUSTED, listed([*items(17), *items(20, id="same")[17:]]))[1] == (
        "items are known by link from now on: 3 of 20 share their id"
    )


@pytest.mark.parametrize(
    ("shared", "rung"),
    [
        ({}, "link"),
        ({"link": "https://a.example/"}, "link+date"),
        ({"link": "https://a.example/", "published": None}, "link+title"),
        ({"link": "https://a.example/", "published": NOW}, "link+title"),
        ({"link": "https://a.example/", "published": NOW.replace(hour=0, minute=0, second=0)}, "link+title"),
        ({"link": None}, "title+text"),
        ({"link": "https://a.example/", "published": None, "title": "News"}, "title+text"),
    ],
)
def test_it_steps_down_to_the_first_rung_that_does_not_lie(shared: dict[str, object], rung: Rung) -> None:
    assert judge(TRUSTED, listed(items(9, id=None, **shared)))[0] == Standing(rung)


@pytest.mark.parametrize("rung", RUNGS)
def test_it_never_steps_up_and_from_the_last_rung_nowhere(rung: Rung) -> None:
    lying = listed(items(9, id=None, link=None, published=None))
    assert judge(Standing(rung), lying)[0].rung == "title+text"
    assert judge(Standing(rung), listed(items(9)))[0].rung == rung


def test_the_same_link_on_all_items_lies() -> None:
    shared = listed(items(9, link="https://a.example/"))
    assert judge(TRUSTED, shared) == (TRUSTED, None), "they have ids"
    assert judge(Standing("link"), shared)[1] == (
        "items are known by link and date from now on: 9 of 9 share their link"
    )


def test_links_that_mean_other_articles_lie_at_once() -> None:
    evidence = replace(listed(items(30)), reused=3)
    assert judge(Standing("link"), evidence)[1] == (
        "items are known by link and date from now on: 3 of 30 links mean another article now"
    )
    assert judge(Standing("link"), replace(evidence, reused=2))[1] is None
    assert judge(TRUSTED, evidence) == (TRUSTED, None)


def test_ids_that_change_lie_when_they_do_so_twice_in_a_row() -> None:
    changed = replace(listed(items(30)), met=met(items(30), items(30, id=None))[:6] + met(items(30), items(30))[6:])
    steady = replace(listed(items(30)), met=met(items(30), items(30)))
    once, note = judge(TRUSTED, changed)
    assert (once, note) == (Standing("id", 1), None)
    assert judge(once, steady) == (TRUSTED, None)
    assert judge(once, replace(listed(items(30)), unread=29)) == (TRUSTED, None)
    assert judge(once, listed(items(30))) == (once, None), "nobody known is there: that says nothing"
    assert judge(once, changed) == (
        Standing("link"),
        "items are known by link from now on: 6 of 30 ids changed",
    )
    assert judge(once, replace(listed(items(30)), met=changed.met[:2])) == (TRUSTED, None)


@pytest.mark.parametrize(
    ("before", "rung"),
    [
        ({"link": "https://b.example/"}, "title+text"),
        ({"published": NOW - timedelta(days=1)}, "link"),
        ({"title": "Before"}, "link"),
    ],
)
def test_a_lower_rung_must_hold_for_what_is_known_too(before: dict[str, object], rung: Rung) -> None:
    pairs = (
        met(items(9, id=None, **before), items(9))
        if "link" not in before
        else met(
            [replace(item, id="x" + (item.id or ""), link=f"https://b.example/{n}") for n, item in enumerate(items(9))],
            items(9),
        )
    )
    assert judge(Standing("id", 1), replace(listed(items(9)), met=pairs))[0] == Standing(rung)


def test_from_a_link_that_lies_it_goes_past_dates_that_changed() -> None:
    evidence = replace(
        listed(items(9)), met=met(items(9, published=NOW - timedelta(days=1)), items(9), "link"), reused=9
    )
    assert judge(Standing("link"), evidence)[0] == Standing("link+title")
    edited = replace(evidence, met=met(items(9, published=NOW, title="Before"), items(9), "link+title"))
    assert judge(Standing("link"), edited)[0] == Standing("title+text")


HEADLINE = ItemData(id="Talks in Kyiv, at last!", link="https://a.example/7", title="Talks in Kyiv at last")


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (HEADLINE, True),
        (replace(HEADLINE, id="tag:a.example,2022:talks-in-kyiv-at-last/7"), True),
        (replace(HEADLINE, id="https://a.example/news/talks-in-kyiv-at-last"), True),
        (replace(HEADLINE, id="https://a.example/news/talks-in-kyiv-at-last", link=None), True),
        (
            replace(
                HEADLINE, id="http://a.example/talks-in-kyiv-at-last", link="https://a.example/talks-in-kyiv-at-last"
            ),
            False,
        ),
        (
            replace(
                HEADLINE, id="https://a.example/talks-in-kyiv-at-last", link="https://b.example/talks-in-kyiv-at-last"
            ),
            False,
        ),
        (replace(HEADLINE, id="tag:a.example,2022:talks-in-kyiv"), False),
        (replace(HEADLINE, id="Talks in Kyiv"), False),
        (replace(HEADLINE, id=None), False),
        (replace(HEADLINE, id="kyiv-talks-2022", title="Kyiv talks"), False),
    ],
)
def test_an_id_tells_the_headline_where_the_link_does_not(item: ItemData, told: bool) -> None:
    assert headlines([item]) == told


def test_ids_that_hold_the_headline_lie() -> None:
    evidence = replace(listed(items(30)), headlines=3)
    assert judge(TRUSTED, evidence) == (
        Standing("link"),
        "items are known by link from now on: 3 of 30 ids hold the headline",
    )
    assert judge(TRUSTED, replace(evidence, headlines=2)) == (TRUSTED, None)
    assert judge(Standing("link"), evidence)[1] is None


def test_headlines_are_not_looked_for_in_very_long_ids_of_many() -> None:
    item = ItemData(id=f"id of Snow falls in Kyiv {'x' * 400}", link=None, title="Snow falls in Kyiv", text="")
    assert (headlines([item] * 100), headlines([item] * 400)) == (100, 0)
    assert headlines([replace(item, id="id of Snow falls in Kyiv", link=f"https://a.example/{'x' * 900}")] * 400) == 0
