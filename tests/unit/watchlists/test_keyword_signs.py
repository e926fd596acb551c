"""Signs of a query in keywords: never silently part of a phrase that nobody meant."""

from __future__ import annotations

import pytest

from worker.watchlists.keyword_signs import doubt_of_keyword


@pytest.mark.parametrize(
    ("keyword", "sign", "said"),
    [
        ("Ukraine -football", "-", "put what it excludes under exclude, or write query: 'Ukraine -football'"),
        ("Ukraine –football", "–", "query: 'Ukraine -football'"),
        ("Ukraine !football", "!", "query: 'Ukraine -football'"),
        ("Ukraine -(sport)", "-", "query: 'Ukraine -sport'"),
        ('Ukraine -"ice hockey"', "-", "query: 'Ukraine -\"ice hockey\"'"),
        ("Ukraine －football", "－", "query: 'Ukraine -football'"),
        ("Kyiv | Lviv", "|", "write each as a keyword of its own, or write query: 'Kyiv OR Lviv'"),
        ("Kyiv|Lviv", "|", "query: 'Kyiv OR Lviv'"),
        ("Kyiv || Lviv", "||", "query: 'Kyiv OR Lviv'"),
        ("Kyiv && Lviv", "&&", "this looks for \"kyiv lviv\": write query: 'Kyiv Lviv'"),
        ("+war", "+", 'which is one phrase; this looks for "war": leave + out'),
        ("+war +Kyiv", "+", "leave + out, or write query: 'war Kyiv'"),
        ("!sport", "!", 'this looks for "sport": put what it excludes under exclude'),
        ("—sport", "—", "put what it excludes under exclude"),
        ("war^2", "^", "leave ^ out"),
        ("wom?n", "?", "write each spelling as a keyword of its own"),
        ("http://x.org/?a |b", "|", "write each as a keyword of its own"),
        ("=NATO OR =EU", "OR", "query: '=NATO OR =EU'"),
        ("~invade -sport", "-", "query: '~invade -sport'"),
        ("Kyiv | Lviv (", "|", "write each as a keyword of its own"),
    ],
)
def test_doubtful(keyword: str, sign: str, said: str) -> None:
    doubt = doubt_of_keyword(keyword)
    assert doubt is not None
    assert keyword[doubt.offset : doubt.offset + doubt.length] == sign
    assert doubt.message.endswith(said)


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("!sport", 'this looks for "sport": leave ! out: what stands here is excluded anyway'),
        ("+sport", "leave + out"),
        ("sport -ukraine", "put what it excludes under exclude, or write query: '... -(sport -ukraine)'"),
        ("ice | hockey", "write each as a keyword of its own, or write query: '... -(ice OR hockey)'"),
    ],
)
def test_doubtful_in_what_is_excluded(term: str, said: str) -> None:
    doubt = doubt_of_keyword(term, excluded=True)
    assert doubt is not None
    assert doubt.message.endswith(said)


@pytest.mark.parametrize(
    "keyword",
    [
        "Ukraine", "military build-up", "COVID -19", "Kyiv - Lviv", "Kyiv – Lviv", "AT&T", "Marks & Spencer", "km/h", "C++",
        "Yahoo!", "What?", "(NATO)", "Kyiv (Lviv)", 'the "wall"', '"Kyiv | Lviv"', '"Ukraine -football"', "war or peace",
        "Breaking: war", "trial and error", "country:UA", "/a|b/", "=/a|b?c/", "ukrain*", "=NATO", "~invade", "tag:a|b",
        "=New York", "link:/a|b/", "list:Wars", 'צה"ל', "p!nk", "E=mc^x",
        "http://x.org/?a=b", "example.org/?id=5", "example.org/page?id=5", "https://x.org/page?a", "x.org/?a", "who ?knows",
    ],
)  # fmt: skip
def test_nothing_to_doubt(keyword: str) -> None:
    assert doubt_of_keyword(keyword) is None
    assert doubt_of_keyword(keyword, excluded=True) is None
