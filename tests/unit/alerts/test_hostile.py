"""Hostile headlines through each way to write a message: nothing comes alive."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import lxml.html
import pytest
from golden.facts import CORRECTED, FACTS, INDEPENDENT, SEEN
from markdown_it import MarkdownIt
from unit.alerts.hostile_titles import HOSTILE

from worker.alerts.chat import chat, title
from worker.alerts.html import html
from worker.alerts.model import AlertLinks, Message, MessageLinks, ReportFacts
from worker.alerts.template import in_their_words
from worker.alerts.text import body, subject
from worker.alerts.tongues import CARD, HTML, MARKDOWN, MRKDWN, TEXT, TONGUES, ZWSP
from worker.alerts.words import headline
from worker.watchlists.model import Span

if TYPE_CHECKING:
    from worker.alerts.model import AlertFacts
    from worker.alerts.tongues import Tongue

OURS = "https://tocsin.example/"
LINKS = AlertLinks(f"{OURS}u?a=1&b=2", f"{OURS}n", f"{OURS}m", f"{OURS}p")
NEWS = "https://news.example.org/"
ALLOWED = {
    LINKS.useful,
    LINKS.noise,
    LINKS.mute,
    LINKS.pause,
    f"{OURS}s",
    f"{OURS}x",
    f"{NEWS}a",
    "https://b.example/1",
}


def hostile(said: str) -> Message:
    """A digest in which everything that a stranger can say is `said`: one alert, one update of each kind."""
    report = ReportFacts(9, said, "https://b.example/1", said, SEEN, said, said)
    told = replace(
        FACTS,
        title=said,
        text=f"{said} Ukraine {said}",
        source=said,
        wire=said,
        dateline=said,
        terms=(said,),
        watch_lists=(said, "Ukraine"),
        feed_name=said,
        reports=2,
        story_items=(replace(FACTS.story_items[0], title=said), report),
        spans=(Span("title", 0, 4), Span("text", 2, len(said) + 8)),
        links=LINKS,
    )
    corrected = replace(CORRECTED, report=replace(CORRECTED.report, title=said), first_title=said)
    stories = (
        told,
        replace(told, story=4, update=corrected),
        replace(told, story=5, update=replace(INDEPENDENT, report=report)),
    )
    return Message("k", "digest.created", SEEN, said, _unlike(stories), links=MessageLinks(f"{OURS}s", f"{OURS}x"))


def _unlike(stories: tuple[AlertFacts, ...]) -> tuple[AlertFacts, ...]:
    return tuple(replace(facts, alert=number) for number, facts in enumerate(stories, start=1))


@pytest.fixture(params=HOSTILE, ids=str)
def said(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


def foreign(text: str) -> str:
    """What is left of a text without the addresses that may stand in it."""
    for url in sorted(ALLOWED, key=len, reverse=True):
        text = text.replace(url, "").replace(url.replace("&", "&amp;"), "")
    return text


def test_no_character_moves_the_reader(said: str) -> None:
    message = hostile(said)
    texts = [subject(message), body(message), html(message), title(message, limit=100)]
    texts += [chat(message, tongue, limit=100_000) for tongue in TONGUES.values()]
    for text in texts:
        odd = {char for char in text if unicodedata.category(char) in {"Cc", "Cs"}} - {"\n"}
        assert not odd
        assert not set(text) & set(
            "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\u200e\u200f\u061c"
        )
        assert not re.search(r"[\u0300-\u036f]{6}", text)


def test_a_text_has_the_lines_of_ours_and_no_others(said: str) -> None:
    lines = body(hostile(said)).split("\n")
    assert lines.count("-- ") == 1
    assert [line for line in lines if line.startswith("Unsubscribe: ")] == [f"Unsubscribe: {OURS}x"]
    assert len(lines) <= len(body(hostile("Talks")).split("\n"))
    assert max(map(len, lines)) < 2_500


ELEMENTS = {
    "html",
    "head",
    "meta",
    "title",
    "body",
    "h2",
    "p",
    "br",
    "mark",
    "ul",
    "li",
    "a",
    "hr",
    "small",
    "blockquote",
}


def test_html_has_our_elements_and_no_others(said: str) -> None:
    document = html(hostile(said))
    tree = lxml.html.document_fromstring(document.encode())
    plain = lxml.html.document_fromstring(html(hostile("Talks")).encode())
    skeleton = [element.tag for element in tree.iter() if element.tag != "mark"]
    if said.strip():  # of nothing there are no snippets
        assert skeleton == [element.tag for element in plain.iter() if element.tag != "mark"]
    assert set(skeleton) <= ELEMENTS
    for element in tree.iter():
        attributes = dict(element.attrib)
        match element.tag:
            case "a":
                assert attributes.keys() == {"href"}
                assert attributes["href"] in ALLOWED
            case "html":
                assert attributes == {"lang": "en"}
            case "meta":
                assert attributes == {"charset": "utf-8"}
            case _:
                assert not attributes
    assert max(map(len, document.encode().split(b"\n"))) < 25_000


class Tags(HTMLParser):
    """Every tag and attribute that a lenient parser sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def test_telegram_sees_our_tags_and_no_others(said: str) -> None:
    parser = Tags()
    parser.feed(chat(hostile(said), HTML, limit=100_000))
    assert not parser.others
    for tag, attributes in parser.tags:
        assert (tag, [name for name, _ in attributes]) in (("b", []), ("blockquote", []), ("a", ["href"]))
        assert all(value in ALLOWED for _, value in attributes)


ALIVE = re.compile(
    r"@(?=\w)|@\*\*|://|<[@#!:/a-z]|(?<![\w/])/(?=[a-z])|(?<!\w)#(?=\w)|:[a-z_+]+:|\$[a-z$]|[a-z]\.(?=example)|\bwww\.(?=\w)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("tongue", [TEXT, MARKDOWN, MRKDWN, CARD], ids=lambda tongue: tongue.name)
def test_no_chat_mentions_links_or_obeys(said: str, tongue: Tongue) -> None:
    text = foreign(chat(hostile(said), tongue, limit=100_000))
    # What remains of our own addresses: <>, [label]() and <|label>.
    found = [text[max(0, one.start() - 20) : one.end() + 20] for one in ALIVE.finditer(text)]
    assert not found


ORDINARY = {"paragraph", "inline", "ordered_list", "bullet_list", "list_item", "blockquote"}
INLINE = {"text", "strong_open", "strong_close", "softbreak", "hardbreak", "link_open", "link_close", "text_special"}


@pytest.mark.parametrize("tongue", [MARKDOWN, CARD], ids=["chat", "card"])
def test_markdown_has_our_marks_and_no_others(said: str, tongue: Tongue) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    text = chat(hostile(said), tongue, limit=100_000)
    for block in parser.parse(text):
        assert block.type.removesuffix("_open").removesuffix("_close") in ORDINARY
        for token in block.children or ():
            assert token.type in INLINE
            assert token.attrs.get("href") in {None, *ALLOWED}
    shown = "".join(token.content for block in parser.parse(text) for token in block.children or ())
    assert "\\" not in shown or "\\" in said, "no escape is left over"


def test_slack_sees_our_marks_and_no_others(said: str) -> None:
    text = chat(hostile(said), MRKDWN, limit=100_000)
    ours = re.findall(r"<([^<>|]+)(?:\|[^<>|]*)?>", text)
    assert {url.replace("&amp;", "&") for url in ours} <= ALLOWED
    assert text.count("<") == len(ours)
    written = MRKDWN.said(said)
    assert not set(written) & set("<>*_~`|")
    assert re.sub(r"&(amp|lt|gt);", "", written).count("&") == 0


def test_a_template_cannot_be_brought_in_by_a_headline(said: str) -> None:
    message = hostile(said)
    for tongue in TONGUES.values():
        assert in_their_words("{{ story.headline }}", message, tongue, text="") == tongue.said(headline(said))


def test_a_title_is_one_line_that_nobody_is_mentioned_in(said: str) -> None:
    line = title(hostile(said), limit=60)
    assert len(line) <= 60
    assert "\n" not in line
    assert not ALIVE.search(line)


def test_a_word_reads_as_before() -> None:
    for text in ("@everyone", "https://evil.example", "<@U1>", "/start", ":boom:", "Ukraine 3.5 at 10:30, and/or U.S."):
        assert TEXT.said(text).replace(ZWSP, "") == text
    assert TEXT.said("3.5 at 10:30, and/or U.S. e.g. 4/5") == "3.5 at 10:30, and/or U.S. e.g. 4/5"
