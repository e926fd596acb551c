"""Why it matched, with a little around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from worker.alerts.snippets import PER_FIELD, snippets, snippets_in, snippets_of
from worker.watchlists.model import Matchable, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from worker.alerts.model import AlertFacts
    from worker.alerts.snippets import Snippet

    Facts = Callable[..., AlertFacts]


def spans_of(field: str, text: str, *words: str) -> tuple[Span, ...]:
    """The places of these words, in their order in `text`."""
    found = []
    for word in words:
        start = text.index(word, found[-1].end if found else 0)
        found.append(Span(field, start, start + len(word)))
    return tuple(found)


def marked(snippet: Snippet) -> list[str]:
    return [snippet["text"][start:end] for start, end in snippet["spans"]]


def test_a_short_field_is_shown_whole(facts: Facts) -> None:
    assert snippets(facts()) == [{"field": "title", "text": "Talks around Ukraine over", "spans": [[13, 20]]}]


def test_a_long_text_is_cut_at_words_around_the_place(facts: Facts) -> None:
    text = "Delegates said late on Saturday that the talks around Ukraine over grain were not at an end yet."
    told = facts(title="", text=text, spans=spans_of("text", text, "Ukraine"))
    assert snippets(told, width=27) == [{"field": "text", "text": "... around Ukraine over ...", "spans": [[11, 18]]}]


def test_room_that_one_side_does_not_need_goes_to_the_other(facts: Facts) -> None:
    text = "Ukraine talks are over, said the delegates on Saturday, and left"
    told = facts(text=text, spans=spans_of("text", text, "Ukraine"))
    assert snippets(told, width=24)[0]["text"] == "Ukraine talks are over, ..."
    told = facts(text=text, spans=spans_of("text", text, "left"))
    assert snippets(told, width=24)[0]["text"] == "... on Saturday, and left"


def test_near_places_share_a_snippet_and_far_ones_do_not(facts: Facts) -> None:
    text = "Ukraine and Kyiv " + "word " * 60 + "Odesa " + "word " * 60 + "Lviv " + "word " * 60 + "Kharkiv."
    told = facts(text=text, spans=spans_of("text", text, "Ukraine", "Kyiv", "Odesa", "Lviv", "Kharkiv"))
    found = snippets(told)
    assert [marked(snippet) for snippet in found] == [["Ukraine", "Kyiv"], ["Odesa"], ["Lviv"]]
    assert all(len(snippet["text"]) <= 160 + len("...  ...") for snippet in found)


def test_neighbours_do_not_repeat_each_other(facts: Facts) -> None:
    text = "one two three four five six seven eight nine ten eleven twelve"
    told = facts(text=text, spans=spans_of("text", text, "two", "four five", "ten"))
    assert [snippet["text"] for snippet in snippets(told, width=15)] == [
        "one two three ...",
        "... four five six ...",
        "... nine ten ...",
    ]


def test_each_category_is_shown_by_itself(facts: Facts) -> None:
    told = facts(categories=("World", "Ukraine war", "Kyiv"), spans=(Span("category", 6, 13), Span("category", 18, 22)))
    assert snippets(told) == [
        {"field": "category", "text": "Ukraine war", "spans": [[0, 7]]},
        {"field": "category", "text": "Kyiv", "spans": [[0, 4]]},
    ]


def test_newlines_and_controls_go_and_the_places_stay_right(facts: Facts) -> None:
    text = "  Talks\r\n\r\nover\u202e \x00in\nUkraine\n\nnow\n"
    told = facts(text=text, spans=spans_of("text", text, "over", "Ukraine"))
    [snippet] = snippets(told)
    assert snippet["text"] == "Talks over in Ukraine now"
    assert marked(snippet) == ["over", "Ukraine"]


def test_scripts_without_spaces_are_cut_between_characters(facts: Facts) -> None:
    text = "关于" * 20 + "乌克兰" + "谈判" * 20
    [snippet] = snippets(facts(text=text, spans=spans_of("text", text, "乌克兰")), width=11)
    assert snippet == {"field": "text", "text": "... 关于关于乌克兰谈判谈判 ...", "spans": [[8, 11]]}


def test_no_mark_is_parted_from_its_letter(facts: Facts) -> None:
    text = "e\u0301" * 9 + "X" + "e\u0301" * 9
    [snippet] = snippets(facts(text=text, spans=spans_of("text", text, "X")), width=6)
    assert snippet["text"] == "... e\u0301Xe\u0301 ..."


def test_a_place_longer_than_a_snippet_is_cut(facts: Facts) -> None:
    text = "a " * 100
    [snippet] = snippets(facts(text=text, spans=(Span("text", 0, 199),)), width=10)
    assert snippet == {"field": "text", "text": "a a a a a ...", "spans": [[0, 9]]}


def test_places_beyond_an_edited_text_are_left_out(facts: Facts) -> None:
    told = facts(title="Talks", text="Gone", spans=(Span("title", 2, 9), Span("text", 50, 60)))
    assert snippets(told) == [{"field": "title", "text": "Talks", "spans": [[2, 5]]}]


def test_places_in_the_lesser_fields_are_shown_after_the_others(facts: Facts) -> None:
    said = {"authors": ("Ann Lee", "Bo Ek"), "source": "Agency", "link": "https://a.example/kyiv"}
    feed = {"feed_name": "World News", "feed_url": "https://feeds.example/top"}
    spans = (
        Span("link", 18, 22),
        Span("feed", 6, 10),
        Span("feed", 19, 24),
        Span("author", 11, 13),
        Span("source", 0, 6),
        Span("title", 0, 5),
    )
    shown = snippets(facts(title="Talks", spans=spans, **said, **feed))
    assert [(one["field"], one["text"], marked(one)) for one in shown] == [
        ("title", "Talks", ["Talks"]),
        ("author", "Bo Ek", ["Ek"]),
        ("source", "Agency", ["Agency"]),
        ("link", "https://a.example/kyiv", ["kyiv"]),
        ("feed", "World News", ["News"]),
        ("feed", "https://feeds.example/top", ["feeds"]),
    ]
    item = Matchable("Talks", "", **said, **feed)
    assert snippets_in(item, spans) == shown
    assert snippets_of("Talks", "", (), spans) == shown[:1]
    assert snippets_in(Matchable("Talks", ""), spans[:1]) == []


TEXTS = st.text(st.sampled_from("abé\u0301 \n乌\x00\u202e."), max_size=400)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30)), max_size=20), st.integers(10, 160))
def test_spans_always_lie_inside_and_in_order(
    facts: Facts, text: str, places: list[tuple[int, int]], width: int
) -> None:
    spans, at = [], 0
    for start, length in sorted(places):
        if start >= at:
            spans.append(Span("text", start, start + length))
            at = start + length
    found = snippets(facts(text=text, spans=tuple(spans)), width=width)
    assert len(found) <= PER_FIELD
    for snippet in found:
        borders = [border for span in snippet["spans"] for border in span]
        assert borders == sorted(borders)
        assert borders[-1] <= len(snippet["text"])
        assert len(snippet["text"]) <= width + len("...  ...")
        assert "\n" not in snippet["text"]
