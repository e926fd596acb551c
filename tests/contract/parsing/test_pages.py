"""What the parser makes of pages and questions, without the process around it."""

import pytest
from contract.parsing.documents import PARAGRAPH, PLAIN_PAGE, page_of

from worker.errors import ParseError
from worker.feeds.limits import MAX_TEXT
from worker.parsing.__main__ import answered
from worker.parsing.crossing import Question
from worker.parsing.limits import LARGE
from worker.parsing.page import main_text

DAYS = [PARAGRAPH.format(day) for day in range(12)]
SWEDISH = "Färjan till öarna låg kvar i hamnen hela dagen, sade rederiet, för vinden ville inte vända."


def test_menus_comments_and_scripts_are_no_part_of_the_text():
    around = "<nav><ul><li><a href='/'>Start here</a></li></ul></nav><script>var secret = 'word';</script>"
    under = "<div id='comments'><div class='comment'><p>I saw it coming, says a reader.</p></div></div><footer>Imprint</footer>"
    text = main_text(page_of(*DAYS, before=around, after=under), content_type="text/html")
    assert text.splitlines() == DAYS


def test_the_text_is_clean():
    body = page_of(
        *DAYS, "A\u202eB\u0000C and&nbsp;so &#x2066; on, until the very end of the page was reached at last."
    )
    text = main_text(body, content_type="text/html")
    assert "\u202e" not in text
    assert "\u2066" not in text
    assert "\0" not in text
    assert "and so on" in text


@pytest.mark.parametrize(
    ("encoding", "content_type", "declared"),
    [
        ("utf-8", "text/html", ""),
        ("iso-8859-1", "text/html; charset=iso-8859-1", ""),
        ("iso-8859-1", "text/html", '<meta charset="iso-8859-1">'),
        ("cp850", "text/html; charset=cp850", '<meta charset="iso-8859-1">'),
        ("utf-16", "text/html", ""),
        ("utf-8", "text/html", "<?xml version='1.0' encoding='utf-8'?>"),
    ],
)
def test_letters_are_read_in_the_encoding_that_is_declared(encoding, content_type, declared):
    body = (declared + page_of(SWEDISH, *DAYS).decode()).encode(encoding)
    assert main_text(body, content_type=content_type).splitlines()[0] == SWEDISH


def test_a_long_text_is_cut():
    body = page_of(*(PARAGRAPH.format(day) for day in range(12_000)))
    assert len(main_text(body, content_type="text/html")) == MAX_TEXT


@pytest.mark.parametrize(
    "body", [b"", b"\0\xff\xfe", b"%PDF-1.7 ...", b"<p>alone", b"{}", b"<" * 10_000, b"<div>" * 10_000]
)
def test_what_is_no_page_has_no_text(body):
    assert main_text(body, content_type="text/html") == ""


def test_a_page_is_answered_with_its_text():
    answer = answered(Question("page", "text/html", "https://north.example/1"), PLAIN_PAGE)
    assert answer.result == "\n".join(DAYS)


def test_after_a_large_document_the_process_ends():
    assert answered(Question("page", "text/html", ""), b" " * (LARGE + 1)).last


def test_what_is_no_feed_is_answered_with_the_error():
    answer = answered(Question("feed", "text/xml", "https://north.example/feed"), b"")
    assert isinstance(answer.result, ParseError)


def test_a_fault_of_our_own_is_told_by_kind_and_place_without_the_document_s_words():
    answer = answered(Question("page", "text/html", ""), "no bytes")
    assert isinstance(answer.result, ParseError)
    assert str(answer.result).startswith("the parser failed: TypeError at page.py:")
    assert answer.last
