"""Searches of other readers, and what they are in our language."""

from __future__ import annotations

import pytest

from worker.watchlists import parse
from worker.watchlists.grammar import MAX_CHARACTERS
from worker.watchlists.imports.freshrss import FIELDS
from worker.watchlists.imports.google import WAYS
from worker.watchlists.imports.model import NoCounterpart
from worker.watchlists.imports.search_text import Ways, translated

FRESHRSS = Ways("FreshRSS", FIELDS, patterns=True, any_case=True)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("ukraine", "ukraine"),
        ("Україна  乌克兰", "Україна 乌克兰"),
        ("l'Ukraine don't foo-bar", "l'Ukraine don't foo-bar"),
        ("'composed keyword'", '"composed keyword"'),
        ('"composed  keyword"', '"composed keyword"'),
        ("intitle:war", "title:war"),
        ("intitle:'big war' intext:peace", 'title:"big war" text:peace'),
        ('author:"Alice Smith" -author:Bob', 'author:"Alice Smith" -author:Bob'),
        ("inurl:bbc.co.uk/news", 'link:"bbc.co.uk/news"'),
        ("#tag #tag+with+space #'a b' war", 'category:tag category:"tag with space" category:"a b" war'),
        ("war !football -#sport", "war -football -category:sport"),
        ("ukraine OR kyiv or odesa -football", "ukraine OR kyiv OR odesa -football"),
        ("ukraine AND kyiv and", "ukraine AND kyiv and"),
        ("(author:Alice OR intitle:hello) (author:Bob)", "(author:Alice OR title:hello) (author:Bob)"),
        ("war !(a OR -(b c))", "war -(a OR -(b c))"),
        ("war (!b OR c)", "war (-b OR c)"),
        ("war !!(b)", "war (b)"),
        ("NOT war", '"NOT" war'),
        (r"fn\(x\)", '"fn(x)"'),
        ("C++ =x", '"C++" "=x"'),
        ('"unclosed', '"unclosed"'),
        ("/Alice/i", "/Alice/"),
        ("/Alice/", "=/Alice/"),
        ("/^Alice$/im", "/(?m)^Alice$/"),
        ("war -/a\\/b/", "war -=/a\\/b/"),
        (r"intitle:/^Lo+l\b/i", r"title:/^Lo+l\b/"),
        ("author:/^Alice/m", "author:=/(?m)^Alice/"),
        ("two\nlines\x00 here", "two lines here"),
    ],
)
def test_what_freshrss_looks_for_can_be_said(theirs: str, ours: str) -> None:
    assert translated(theirs, FRESHRSS) == ours
    parse(ours)


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ("date:P1W war", "Tocsin has no counterpart of FreshRSS's `date:`"),
        ("war !pubdate:2019", "Tocsin has no counterpart of FreshRSS's `pubdate:`"),
        ("f:12,13 war", "Tocsin has no counterpart of FreshRSS's `f:`"),
        ("war OR (c:1 e:5)", "Tocsin has no counterpart of FreshRSS's `c:`"),
        ("label:'my label'", "Tocsin has no counterpart of FreshRSS's `label:`"),
        ("L:*", "Tocsin has no counterpart of FreshRSS's `L:`"),
        ("http://x.example/", "Tocsin has no counterpart of FreshRSS's `http:`"),
        ("author: Alice", "nothing stands after `author:`"),
        ("war -", "nothing stands after `-`"),
        ("# war", "nothing stands after `#`"),
        ("war*", "`war*`: what * stands for there is not what it does here"),
        ('"a * b"', "`a * b`: what * stands for there is not what it does here"),
        ("a|b", "`|` is nothing that can be looked for"),
        ("/a/x", "`/a/x` is no regular expression of FreshRSS's"),
        ("/(?=x)/i", "put into Tocsin's language it cannot be read: look-ahead is not in RE2"),
        ("-sport", "put into Tocsin's language it cannot be read: write a word beside what is excluded"),
        ("(a", 'put into Tocsin\'s language it cannot be read: write a ")" for this "("'),
        ("intitle:''", "put into Tocsin's language it cannot be read: write words between the quotes"),
        (" ", "put into Tocsin's language it cannot be read: write at least one word"),
        ("a " * MAX_CHARACTERS, "it has more than 10,000 characters"),
    ],
)
def test_what_has_no_counterpart_is_named(theirs: str, why: str) -> None:
    with pytest.raises(NoCounterpart) as caught:
        translated(theirs, FRESHRSS)
    assert str(caught.value).startswith(why)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ('"military buildup" -football', '"military buildup" -football'),
        ("ukraine | kyiv OR odesa or", "ukraine OR kyiv OR odesa or"),
        ("intitle:war -site:example.com", "title:war -link:example.com"),
        ("+war intext:peace inurl:news", "war text:peace link:news"),
        ("(ukraine OR kyiv) war", "(ukraine OR kyiv) war"),
    ],
)
def test_what_google_looks_for_can_be_said(theirs: str, ours: str) -> None:
    assert translated(theirs, WAYS) == ours


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ("ukraine AROUND(3) war", "Tocsin has no counterpart of Google's `AROUND(3)`"),
        ("2014..2022 war", "Tocsin has no counterpart of Google's `2014..2022`"),
        ("filetype:pdf", "Tocsin has no counterpart of Google's `filetype:`"),
        ("#war", "Google has no tags (`#`)"),
        ("/war/", "`/war/` is no regular expression of Google's"),
    ],
)
def test_what_of_google_has_no_counterpart_is_named(theirs: str, why: str) -> None:
    with pytest.raises(NoCounterpart) as caught:
        translated(theirs, WAYS)
    assert str(caught.value) == why
