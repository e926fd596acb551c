from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text.markup import plain_to_text, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain  text\nwrapped", "plain text wrapped"),
        ("<p>One <b>U</b>kraine&rsquo;s</p><p>two<br/>three</p>", "One Ukraine’s\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul><h2 class='x'>c</h2>d", "a\nb\nc\nd"),
        ("<table><tr><td>1</td><td>2</td></tr></table>", "1\n2"),
        ("a<script>if (1 < 2) x('<p>')</script><style>p{}</style>b<SCRIPT src=x>y</SCRIPT >c", "abc"),
        ("<head><title>t</title></head>a<iframe src='x'>old</iframe>b<iframe src='x'/>c<noscript>d</noscript>", "abc"),
        ("a<script>never closed", "a"),
        ("x<!-- c > d -->y<!---->z<!-- open", "xyz"),
        ("<img alt=\"a > b\" src='<p>'>z", "z"),
        ("<a href=foo's>it's</a> <a href='x' title = \"y > z\">ok</a>", "it's ok"),
        ("a < b and c > d, I <3 you", "a < b and c > d, I <3 you"),
        ("<?php echo 1 ?>a<!DOCTYPE x>b</ c>d", "abd"),
        ("<![CDATA[<p>in</p>]]>", "in"),
        ('text <a href="http://cut', "text"),
        ("a&nbsp;b&#8217;&#x2019;&copy&unknown;", "a b’’©&unknown;"),
        (f"&#{'9' * 6_000};&#0;", "\ufffd\ufffd"),
        ("&lt;p&gt;Hi &amp;amp; you&lt;/p&gt;&lt;br /&gt;x", "Hi & you\nx"),
        ("<p>Write &lt;b&gt;bold&lt;/b&gt;</p>", "Write <b>bold</b>"),
        ("1 &lt; 2", "1 < 2"),
        ("AT&amp;amp;T", "AT&T"),
        ("a\x00<b>\u202eb</b>", "ab"),
        ("", ""),
    ],
)
def test_to_text(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("declared_plain", "text"),
    [
        ("1 < 2 <tag> & x", "1 < 2 <tag> & x"),
        ("a\n b", "a\nb"),
        ("AT&amp;T &copy 2022", "AT&T &copy 2022"),
        ("<p>It is &lt;markup&gt;</p>", "It is <markup>"),
        ("a<br>b", "a\nb"),
    ],
)
def test_plain_to_text(declared_plain: str, text: str) -> None:
    assert plain_to_text(declared_plain) == text


@pytest.mark.parametrize(
    "junk",
    [
        "<div>",
        "<b>",
        "<a ",
        '<a ="',
        "<a '",
        "<!--",
        "<script",
        "<script>",
        "</",
        "<p ",
        "&#9",
        "&lt;p&gt;",
        "<title ='\"",
        "<svg/",
    ],
)
def test_a_megabyte_of_junk_neither_recurses_nor_hangs(junk: str) -> None:
    assert len(to_text(junk * (1_000_000 // len(junk)))) <= 1_000_000


def test_formatting_that_trees_must_open_again_and_again() -> None:
    assert to_text("".join(f"<b id={n}><p>x" for n in range(20_000))) == "\n".join("x" * 20_000)


@given(st.text(alphabet="<>/!-[]&;#=\"' abpscrit\n", max_size=60) | st.text())
def test_any_text_becomes_clean_lines(html: str) -> None:
    for text in (to_text(html), plain_to_text(html)):
        assert all(line and line == " ".join(line.split()) for line in text.split("\n")) or not text
