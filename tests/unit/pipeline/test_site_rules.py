"""What is remembered of sites' rules."""

from datetime import UTC, datetime

from worker.feeds.robots import Rules
from worker.pipeline.site_rules import DOUBT_LASTS, RULES_ROOM, SITES, SiteRules

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def url(number):
    return f"https://h{number}.example/"


def test_only_so_many_sites_are_remembered_those_read_last():
    rules = SiteRules()
    for number in [*range(SITES), 0, SITES]:
        rules.learn(url(number), Rules(), now=BEGIN)
    assert [rules.of(url(number), now=BEGIN) for number in (0, 1, 2, SITES)] == [Rules(), None, Rules(), Rules()]


def test_rules_have_only_so_much_room():
    rules = SiteRules()
    large = Rules("x" * (RULES_ROOM // 3))
    for number in range(4):
        rules.learn(url(number), large, now=BEGIN)
    kept = [rules.of(url(number), now=BEGIN) is not None for number in range(4)]
    assert kept == [False, True, True, True]


def test_doubt_is_forgotten_sooner():
    rules = SiteRules()
    rules.learn(url(1), Rules(undecided=True), now=BEGIN)
    rules.learn(url(2), Rules(), now=BEGIN)
    assert [rules.of(url(number), now=BEGIN + DOUBT_LASTS) for number in (1, 2)] == [None, Rules()]
