from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.feeds.robots import LONGEST, LONGEST_DELAY, Rules, address_of, rules

PAGE = "https://north.example/news/1.html"


def allowed(robots: str, url: str = PAGE) -> bool:
    return rules(robots.encode(), 200).allow(url)


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/1", True),
        ("User-agent: *\nAllow: /news/\nDisallow: /news/1.html", False),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\nDisallow: /*.htm$", True),
        ("User-agent: *\nDisallow: /news # for now\n", False),
        ("user-AGENT:TOCSIN\r\ndisallow:/news\r\n", False),
        ("<html><body>Disallow: /</body></html>", True),
    ],
)
def test_the_longest_rule_decides(robots, expected):
    assert allowed(robots) is expected


def test_a_byte_order_mark_hides_no_group():
    assert not rules("\ufeffUser-agent: *\nDisallow: /".encode(), 200).allow(PAGE)


@pytest.mark.parametrize(
    ("url", "expected"), [("https://north.example/a%2fb", False), ("https://north.example/%61", True)]
)
def test_escapes_are_compared_as_what_they_stand_for(url, expected):
    assert allowed("User-agent: *\nDisallow: /a%2Fb", url) is expected


@pytest.mark.parametrize(
    ("agents", "expected"),
    [
        ("Tocsin", False),
        ("tocsin/2.0", False),
        ("Otherbot\nUser-agent: Tocsin", False),
        ("Tocsin\n\nUser-agent: Otherbot", False),
        ("Tocsin\nSitemap: https://north.example/map.xml", False),
        ("Toc", True),
        ("Tocsinbot", True),
        ("tocsin2", True),
        ("tocsinß", True),
        ("tocsin.example", True),
        ("*bot", True),
        ("", True),
    ],
)
def test_a_group_is_ours_where_it_names_our_product(agents, expected):
    assert allowed(f"User-agent: *\nDisallow: /other\n\nUser-agent: {agents}\nDisallow: /news") is expected


@pytest.mark.parametrize("line", ["User-agent Tocsin", "useragent: Tocsin", "User agent: Tocsin", "User-agent :Tocsin"])
def test_careless_spellings_count(line):
    assert not allowed(f"{line}\nDisallow: /news")


def test_where_a_group_names_us_the_one_for_anybody_does_not_hold():
    assert allowed("User-agent: *\nDisallow: /\n\nUser-agent: Tocsin\nDisallow: /private")
    assert allowed("User-agent: Tocsin\n\nUser-agent: *\nUser-agent: Tocsin\nAllow: /\n")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_end_where_the_rfc_says(end):
    assert not allowed(f"User-agent: *{end}Disallow: /news")


@pytest.mark.parametrize("char", "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_and_nowhere_else(char):
    robots = f"User-agent: *\nDisallow: /a{char}Disallow: /news\n# no{char}Disallow: /news"
    assert allowed(robots)
    assert allowed(robots, "https://north.example/a")
    assert not allowed(f"User-agent: *\nDisallow: /a{char}b", f"https://north.example/a{quote(char)}b")


def test_groups_for_the_same_product_are_taken_together():
    robots = (
        "User-agent: Tocsin\nDisallow: /a\n\nUser-agent: Otherbot\nDisallow: /b\n\nUser-agent: tocsin\nDisallow: /c\n"
    )
    assert [allowed(robots, f"https://north.example/{path}") for path in "abc"] == [False, True, False]


def test_rules_before_any_group_are_nobody_s():
    assert allowed("Disallow: /\nUser-agent: Otherbot\nDisallow: /")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_site_without_robots_txt_allows_everything(status):
    assert rules(b"User-agent: *\nDisallow: /", status) == Rules()
    assert rules(None, status).allow(PAGE)


@pytest.mark.parametrize("status", [None, 304, 399, 429, 500, 503, 599])
def test_a_site_that_cannot_say_is_left_alone_for_now(status):
    found = rules(b"", status)
    assert found.undecided
    assert not found.allow(PAGE)


@pytest.mark.parametrize(("status", "body"), [(200, b""), (204, None)])
def test_an_empty_one_allows_everything(status, body):
    found = rules(body, status)
    assert not found.undecided
    assert found.allow(PAGE)


def test_what_stands_beyond_the_limit_is_not_read_and_no_line_is_cut_in_two():
    start = b"User-agent: *\nDisallow: /private\n"
    long = start + b"#" * (LONGEST - len(start) - 20) + b"\nDisallow: /newspapers-of-old\nDisallow: /news\n"
    assert len(long) > LONGEST
    found = rules(long, 200)
    assert found.allow(PAGE)
    assert not found.allow("https://north.example/private/1")
    assert rules(b"x" * (LONGEST + 1), 200).allow(PAGE)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("3", timedelta(seconds=3)),
        ("0.5", timedelta(seconds=0.5)),
        ("0", None),
        ("-1", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("86400", LONGEST_DELAY),
        ("9" * 400, None),
    ],
)
def test_the_pause_a_site_asks_for_is_told_within_reason(said, expected):
    found = rules(f"User-agent: *\nCrawl-delay: {said}".encode(), 200)
    assert found.delay == expected
    assert found.allow(PAGE)


def test_the_pause_that_others_are_asked_for_is_not_ours():
    assert rules(b"User-agent: Otherbot\nCrawl-delay: 9", 200).delay is None


def test_a_file_of_many_agents_and_many_rules_is_read_in_time_that_grows_with_its_length():
    agents = "".join(f"User-agent: a{number}\n" for number in range(15_000))
    assert not allowed(agents + "User-agent: *\n" + "Disallow: /news\n" * 13_000)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://North.example/news/1?q=2#end", "https://north.example/robots.txt"),
        ("http://me:word@north.example:8080/", "http://north.example:8080/robots.txt"),
        ("http://[::1]:80/x", "http://[::1]:80/robots.txt"),
    ],
)
def test_the_rules_stand_at_the_root_of_the_origin(url, expected):
    assert address_of(url) == expected


LINES = st.sampled_from(
    ["User-agent: *", "User-agent: Tocsin", "Disallow: /", "Allow: /news", "Crawl-delay: 4", "", "# x", "Disallow: /*$"]
)


@given(st.lists(LINES | st.text(max_size=20)).map("\n".join), st.text(max_size=20))
def test_any_file_is_read_without_an_error(robots, path):
    assert rules(robots.encode(errors="replace"), 200).allow(f"https://north.example/{path}") in {True, False}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(robots):
    assert rules(robots, 200).allow(PAGE) in {True, False}
