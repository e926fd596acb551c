"""Which items are one story: the twelve edits of one dispatch are, what only looks like it is not."""

from __future__ import annotations

import html
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stories.dispatches import LANGUAGES, PARAGRAPHS, TEXT, TITLE, opening, prepared

from worker.stories.nearness import Kinship, copy_keys, kinship, tells_alone
from worker.text.clean import lines
from worker.text.markup import to_text

OTHER = "Thousands leave homes as flood hits Czech valley"
FOREIGN = (
    "Elsewhere in the country, storms are expected to ease by Friday, forecasters said in an outlook for the harvest."
)

EDITS = {
    "headline rewritten": (OTHER, TEXT),
    "dateline and credit": (
        OTHER,
        f"SEDLICE, March 3 (Reuters) - {TEXT}\n(Reporting by Jan Novak in Sedlice; Editing by Ann Bell)",
    ),
    "30 % cut": (OTHER, "\n".join(PARAGRAPHS[:2] + PARAGRAPHS[3:5])),
    "cut to half": (OTHER, "\n".join(PARAGRAPHS[:3])),
    "swapped, with a foreign paragraph": (OTHER, "\n".join([*PARAGRAPHS[:2], FOREIGN, *PARAGRAPHS[:1:-1]])),
    "HTML and typography": (
        OTHER,
        lines(
            to_text(
                "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in PARAGRAPHS)
                .replace('"The', "&ldquo;The")
                .replace(',"', ",&rdquo;")
                .replace("motorway", "motor&shy;way")
                .replace("army", '<a href="https://news.example/army">army</a>')
            )
        ),
    ),
    "summary": (OTHER, PARAGRAPHS[0]),
    "teaser": (OTHER, f"{opening(38)}... Continue reading {OTHER} →"),
    "teaser in its own words at the end": (OTHER, f"{opening(30)} […]\nThe post {OTHER} appeared first on The Herald."),
    "own lead, copy-edited": (
        OTHER,
        "Families carried their belongings uphill on Monday after the Tarva broke through an old concrete wall above them, "
        "in what Governor Marek called the worst flood in memory.\n"
        + "\n".join(PARAGRAPHS[1:])
        .replace("rescuers", "crews")
        .replace("assist", "support")
        .replace("lorries", "trucks"),
    ),
    "headline only": (f"{TITLE} - The Herald", ""),
    "photo credit": (OTHER, f"Photo: Jan Novak / CTK\n{TEXT} (ANI)"),
    "stamp": (OTHER, f"Updated: 12-02-2022 22:31 IST | Created: 12-02-2022 22:30 IST\n{TEXT}"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_outlets_edit_is_the_same_story(edit: str) -> None:
    first, copy = prepared(TITLE, TEXT), prepared(*EDITS[edit])
    assert set(copy_keys(first)) & set(copy_keys(copy))
    for new, old in ((copy, first), (first, copy)):
        found = kinship(new, old, same_feed=False)
        assert found
        assert found.kind == ("headline" if edit == "headline only" else "text")
        assert 0 < found.score <= 1


def test_two_summaries_of_one_dispatch() -> None:
    one, other = prepared("Dam breaks above Sedlice", opening(24)), prepared(OTHER, opening(45))
    assert set(copy_keys(one)) & set(copy_keys(other))
    assert kinship(one, other, same_feed=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_script(language: str) -> None:
    title, text = LANGUAGES[language]
    first = prepared(title, text)
    half = "\n".join(text.split("\n")[:2])
    for copy in (prepared("", half), prepared("", text.split("\n")[0]), prepared(title + " - Herald")):
        assert set(copy_keys(first)) & set(copy_keys(copy))
        assert kinship(copy, first, same_feed=False)
    for other, (other_title, other_text) in LANGUAGES.items():
        if other != language:
            assert not kinship(prepared(other_title, other_text), first, same_feed=False)


def test_characters_that_are_words_count_as_half_a_word() -> None:
    title, text = LANGUAGES["zh"]
    assert prepared(title, text).words == pytest.approx(len(text) / 2, rel=0.15)
    assert not kinship(prepared("", text[:20]), prepared("", text), same_feed=False)  # some ten words
    assert not kinship(prepared("国际要闻"), prepared("国际要闻", text), same_feed=False)


def _replaced(text: str, **others: str) -> str:
    for old, new in others.items():
        text = text.replace(old, new)
    return text


COMPANY = (
    "Okumura Optical said net profit rose in the first quarter on strong demand abroad.\n"
    "Profit climbed 12 percent to 340 million crowns while sales reached 2.1 billion, the company said in a statement.\n"
    "It kept its outlook for the year and proposed a dividend of 4 crowns a share to be paid in June."
)
BOX = (
    "Sign up for our newsletter and get the best stories in your inbox every morning. By submitting your email address "
    "you agree to our terms and privacy policy and may opt out at any time."
)

STRIKE = (
    "Bakers in the capital voted to stop work next week after talks over night pay failed, their union said. Owners of "
    "small bakeries called the decision reckless and asked the mayor to mediate before the holidays begin."
)

LOOK_ALIKES = {
    "the same template with other numbers": (
        ("Okumura Optical quarterly profit up", COMPANY),
        ("Okumura Optical quarterly profit up", _replaced(COMPANY, **{"12": "17", "340": "410"})),
    ),
    "another number, spelled": (
        ("Flood", PARAGRAPHS[1]),
        ("Flood", PARAGRAPHS[1].replace("two farms", "three farms")),
    ),
    "a number more in the same place": (
        (
            "Fed funds",
            (
                "The central bank bought bills from dealers and funds traded at 6 percent when it entered the market today."
                " Dealers had expected it to act in the afternoon."
            ),
        ),
        (
            "Fed funds",
            (
                "The central bank bought bills from dealers and funds traded at 6 1/16 percent when it entered the market today."
                " Dealers had expected it to act in the afternoon."
            ),
        ),
    ),
    "the same template of another company": (
        ("", COMPANY),
        ("", COMPANY.replace("Okumura Optical", "Nakashima Precision")),
    ),
    "a daily report of 100 words with other figures": (
        ("Grain prices", TEXT + " Wheat closed at 211 and rye at 184 in Brno."),
        (
            "Grain prices",
            TEXT.replace("4,200", "3,900").replace("30 million", "35 million")
            + " Wheat closed at 208 and rye at 190 in Brno.",
        ),
    ),
    "most numbers of 100 words missing": (
        ("Flood", TEXT + " It rained 41, 52, 63 and 74 litres at 5, 15, 25 and 35 stations."),
        (
            "Flood",
            TEXT
            + " It rained a lot of litres at all stations that our reporters were able to ask before the evening news"
            " and nobody could remember such a summer in any of the towns along the river or in the hills above it.",
        ),
    ),
    "headline numbers": (
        ("Prague shares fall 3 percent", opening(18).replace("4,200 ", "")),
        ("Prague shares fall 5 percent", opening(18).replace("4,200 ", "")),
    ),
    "a story of a round-up but the first": (
        ("Morning briefing", "\n".join([FOREIGN, COMPANY, PARAGRAPHS[0]])),
        (TITLE, PARAGRAPHS[0]),
    ),
    "the first story of a round-up": (
        ("Morning briefing: what you need to know", "\n".join([PARAGRAPHS[0], FOREIGN, COMPANY, STRIKE])),
        (TITLE, PARAGRAPHS[0]),
    ),
    "old background under new news": (
        (TITLE, TEXT),
        (
            OTHER,
            "\n".join(
                [
                    FOREIGN,
                    FOREIGN.replace("storms", "winds").replace("Friday", "Sunday"),
                    COMPANY.split("\n", maxsplit=1)[0],
                    *PARAGRAPHS[3:],
                ]
            ),
        ),
    ),
    "two thirds, but under news of its own": (
        (TITLE, TEXT.replace("4,200", "many").replace("two farms", "some farms")),
        (OTHER, "\n".join([FOREIGN, STRIKE, FOREIGN.replace("storms", "winds"), *PARAGRAPHS[2:]])),
    ),
    "the same event in other words": (
        (TITLE, TEXT),
        (
            "Dam on upper Tarva river gives way",
            (
                "Thousands of villagers left their houses in the night when an ageing barrage collapsed above Sedlice. Soldiers "
                "are searching for people stranded at farmsteads, and the company in charge denies that it acted too late."
            ),
        ),
    ),
    "a table that shares two thirds of its rows": (
        (
            "Grain",
            "Wheat 11 12 13 rye 21 22 23 oats 31 32 33 maize 41 42 43 barley 51 52 53 rice 61 62 63 spelt 71 72 73 millet 81 82 83",
        ),
        (
            "Grain",
            (
                "Wheat 11 12 13 rye 21 22 23 oats 31 32 33 maize 41 42 43 barley 51 52 53 lentils 61 62 63 soy 11 12 13 beans 21 22 23"
                " and peas 71 72 73 81 82 83"
            ),
        ),
    ),
    "a sign-up box under two headlines": (("Storm warning lifted", BOX), ("Bakers strike over pay", BOX)),
    "stubs of less than 20 words under two headlines": (
        (
            "Storm warning lifted",
            "Our reporters follow the story and will bring you every detail as soon as they have it",
        ),
        (
            "Bakers strike over pay",
            "Our reporters follow the story and will bring you every detail as soon as they have it",
        ),
    ),
    "a headline of three words": (("Weather in Kyiv", ""), ("Weather in Kyiv", TEXT)),
    "headlines with other numbers": (
        ("Storm leaves 12 villages without power", ""),
        ("Storm leaves 13 villages without power", ""),
    ),
    "headlines with another word": (
        ("Council of Sedlice approves new school building", ""),
        ("Council of Olsany approves new school building", ""),
    ),
    "headlines, one with a text, of which a quarter is the same": (
        ("Dam on upper Tarva river gives way, valley evacuated, army sends boats", TEXT),
        ("Dam on upper Tarva river gives way", ""),
    ),
    "nothing at all": (("", ""), ("", "")),
}


@pytest.mark.parametrize("case", LOOK_ALIKES)
def test_what_only_looks_like_a_copy_is_none(case: str) -> None:
    one, other = (prepared(*item) for item in LOOK_ALIKES[case])
    assert not kinship(one, other, same_feed=False)
    assert not kinship(other, one, same_feed=False)


def test_an_update_of_a_long_text_is_the_same_story() -> None:
    updated = TEXT.replace("4,200 people", "4,600 people") + "\nThe army sent more boats in the evening."
    assert kinship(prepared(TITLE, updated), prepared(TITLE, TEXT), same_feed=False)


@pytest.mark.parametrize(
    ("title", "text", "kin"),
    [
        (TITLE, TEXT + "\n" + FOREIGN, True),
        (OTHER, TEXT + "\n" + FOREIGN, False),
        (OTHER, TEXT, False),
        (TITLE, opening(17), False),
        (TITLE, "", False),
    ],
)
def test_within_a_feed_the_headline_must_be_the_same_too(title: str, text: str, kin: bool) -> None:
    first = prepared(TITLE, TEXT, "https://a.example/1")
    assert bool(kinship(prepared(title, text, "https://a.example/1"), first, same_feed=True)) is kin


def test_within_a_feed_background_is_repeated() -> None:
    """What happened next, in the outlet's own words of three days ago: across feeds it would still be a copy."""
    first = prepared(TITLE, TEXT)
    news = "On Thursday the first families were let back to their houses to fetch what the water had spared of them."
    follow_up = prepared(f"{TITLE} for a week", "\n".join([*PARAGRAPHS[:3], FOREIGN, news]))
    kin = kinship(follow_up, first, same_feed=False)
    assert kin is not None
    assert kinship(follow_up, first, same_feed=True) is None


def test_a_click_here_in_another_script_is_no_report() -> None:
    """Of thirteen characters: six words and a half, so that the headline decides."""
    stub = prepared(TITLE, "请点击标题进入阅读完整文章...")
    assert stub.words == 6
    assert kinship(stub, prepared(TITLE, TEXT), same_feed=False) == Kinship("headline", 1.0)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (("Snow in Kyiv", "Snow fell."), ("SNOW in Kyiv!", "“Snow” fell"), "text"),
        (("Live", "Snow", "https://a.example/1"), ("Live", "Rain", "http://a.example/1?utm_source=rss"), "link"),
        (("Live", "", None), ("Live", "", None), None),
        (("Live", "", "https://a.example/1"), ("Live", "", None), None),
        (("Live", "", "https://a.example/1"), ("Live", "", "https://a.example/2"), None),
        (("Live", "Snow", "https://a.example/1"), ("Now", "Rain", "https://a.example/1"), None),
        (("", "Snow", "https://a.example/1"), ("", "Rain", "https://a.example/1"), None),
        (("Council approves new school", ""), ("Council approves new school", ""), "text"),
    ],
)
def test_the_very_same(one: tuple[str, ...], other: tuple[str, ...], kind: str | None) -> None:
    new, old = prepared(*one), prepared(*other)
    assert kinship(new, old, same_feed=False) == (Kinship(kind, 1.0) if kind else None)
    assert kinship(new, old, same_feed=True) is None
    assert bool(set(copy_keys(new)) & set(copy_keys(old))) is bool(kind)


def test_the_nearer_kinship_is_the_greater() -> None:
    headline, link, far, near = (
        Kinship("headline", 1.0),
        Kinship("link", 1.0),
        Kinship("text", 0.6),
        Kinship("text", 0.9),
    )
    assert max(far, headline, near, link) == near
    first = prepared(TITLE, TEXT)
    whole, half = (kinship(prepared(OTHER, text), first, same_feed=False) for text in (TEXT, "\n".join(PARAGRAPHS[:3])))
    assert whole > half


def test_boilerplate_is_not_shared_text() -> None:
    box = " ".join(BOX.split()[:-12])
    one, other = (
        prepared("Bakers strike", f"{opening(14)} {box}"),
        prepared("Storm", f"{FOREIGN[:40]} {box} {box[:60]}"),
    )
    both = frozenset(copy_keys(one)) & frozenset(copy_keys(other))
    assert kinship(one, other, same_feed=False) is None
    # A teaser whose own words are few: with the box it is contained in the other, without it hardly.
    teaser = prepared("Bakers strike", f"{opening(14)} {box}")
    longer = prepared("Bakers strike", f"{opening(14)} {box} {FOREIGN}")
    assert kinship(teaser, longer, same_feed=False, common=both)


def test_what_is_boilerplate_all_over_must_be_the_very_same_under_one_headline() -> None:
    text = "\n".join(PARAGRAPHS[1:3])
    first, same, other = (prepared(title, text) for title in (TITLE, f"{TITLE} - Herald", OTHER))
    cut = prepared(
        TITLE, " ".join(text.split()[:-12]) + " and tents and blankets came from Olsany by train in the night"
    )
    for copy in (same, other, cut):
        assert kinship(copy, first, same_feed=False)
    assert kinship(same, first, same_feed=False, common=copy_keys(same))
    assert kinship(other, first, same_feed=False, common=copy_keys(other)) is None
    assert kinship(cut, first, same_feed=False, common=copy_keys(cut)) is None


def test_stretches_of_boilerplate_end_where_a_key_is_the_texts_own() -> None:
    first, copy = prepared(TITLE, TEXT), prepared(OTHER, TEXT)
    keys = copy_keys(copy)
    for common in (keys[::2], keys[1::2], keys[:3]):
        assert kinship(copy, first, same_feed=False, common=frozenset(common))


@pytest.mark.parametrize(
    ("title", "text", "link", "count"),
    [
        ("", "", None, 0),
        ("", "", "https://a.example/1", 0),
        ("—", "…", "https://a.example/1", 0),
        ("Live", "", None, 0),
        ("Live", "", "https://a.example/1", 1),
        ("Live", "Snow fell on Saturday.", None, 1),
        ("", "Snow fell.", "https://a.example/1", 1),
        ("Three words here", "", None, 0),
        ("Here are four words", "", None, 1),
        ("Council approves school building", "", None, 2),
        ("Council approves new school building", "", None, 2),
        ("Council of Olsany approves new school building", "", None, 3),
    ],
)
def test_what_says_too_little_has_no_key(title: str, text: str, link: str | None, count: int) -> None:
    assert len(list(copy_keys(prepared(title, text, link)))) == count


def test_a_headlines_key_tells_alone_and_a_shingles_does_not() -> None:
    headline = set(copy_keys(prepared(TITLE, "")))
    whole = set(copy_keys(prepared(TITLE, TEXT)))
    shared = headline & whole
    assert len(shared) == 2
    assert all(map(tells_alone, shared))
    assert sum(map(tells_alone, whole - shared)) <= 1, "that of title and text, which may be either"


def test_of_two_with_one_text_the_one_under_the_headline_is_nearer() -> None:
    one, other = prepared("Dam breaks above Sedlice", TEXT), prepared(OTHER, TEXT)
    new = prepared(OTHER, f"{TEXT} (ANI)")
    assert kinship(new, one, same_feed=False) < kinship(new, other, same_feed=False)


def test_the_exact_keys_are_those_that_databases_hold() -> None:
    keys = copy_keys(prepared("Snow falls in Kyiv again", "Snow fell on Saturday.", "https://a.example/1?utm_source=x"))
    assert {-2470470869620483975, 5919270228750665478} <= set(keys)


def test_keys_are_the_same_in_every_process() -> None:
    program = (
        "from unit.stories.dispatches import *\nfrom worker.stories.nearness import copy_keys\n"
        "print(*copy_keys(prepared(TITLE, TEXT)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert tuple(map(int, told.split())) == copy_keys(prepared(TITLE, TEXT))


def test_a_megabyte_has_few_keys() -> None:
    huge = prepared(TITLE, " ".join(f"word{number}" for number in range(120_000)))
    assert len(copy_keys(huge)) <= 90
    assert huge.words == 120_000
    assert kinship(huge, prepared(OTHER, TEXT), same_feed=False) is None


@given(st.text(), st.text(), st.none() | st.text().map("https://a.example/".__add__))
def test_any_text_has_sorted_signed_keys_and_is_its_own_kin(title: str, text: str, link: str | None) -> None:
    one = prepared(title, text, link)
    keys = copy_keys(one)
    assert list(keys) == sorted(set(keys))
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert bool(kinship(one, prepared(title, text, link), same_feed=False)) is bool(keys)
