from dataclasses import replace
from datetime import timedelta

import pytest
from unit.pipeline.answers import BEGAN, EVERY, FEED, NOW, OCCASION, URL, answer

from worker.errors import Unreachable
from worker.feeds.health import Condition
from worker.feeds.model import Document, Hints
from worker.feeds.moves import Candidate
from worker.pipeline import judge
from worker.pipeline.parts import Gathering, Index
from worker.pipeline.reading import Read
from worker.records import Fetched, FetchResponse, Part, SliceRecord, Validators
from worker.stories.ladder import TRUSTED, Standing
from worker.stories.model import PollDecision

NEWER = Validators(URL, etag=b'"b"')
ELSEWHERE = "https://new.example/feed"


def unchanged(fetched, feed=FEED):
    response = fetched.result
    brought = isinstance(response, FetchResponse) and response.status == 200
    digest = judge.body_hash(response.body) if brought else None
    return judge.unchanged(feed, fetched, digest, OCCASION)


def parsed(*, new=(), seen=(), feed=FEED, document=None, listed=3, standing=TRUSTED, step=None, worn=0, **answered):
    fetched = answer(**{"status": 200, "body": b"<rss>x</rss>"} | answered)
    read = Read(
        response=fetched.result,
        document=document or Document(format="rss20", title="", link=None, language="en", items=()),
        decision=PollDecision(new=new, revised=(), seen=seen, worn=worn),
        listed=listed,
        dates=(),
        slices=(SliceRecord(b"s", (b"", b"", b"", b"")),),
        standing=standing,
        step=step,
    )
    return judge.parsed(feed, fetched, read, judge.body_hash(fetched.result.body), OCCASION)


def test_a_step_down_the_ladder_is_stored_and_journalled():
    record = parsed(standing=Standing("link", 1), step="items are known by link from now on: so it is")
    assert (record.standing, record.note) == (Standing("link", 1), "items are known by link from now on: so it is")
    assert (parsed().standing, parsed().note) == (TRUSTED, None)
    assert unchanged(answer(304)).standing is None


@pytest.mark.parametrize(("worn", "who"), [(1, "1 item has"), (2, "2 items have")])
def test_that_no_more_revisions_are_kept_is_told_once(worn, who):
    told = f"{who} changed 24 times: what changes from now on is stored, and no more looked at"
    assert parsed(worn=worn).note == told
    assert parsed(worn=worn, step="a step").note == f"a step; {told}"


def test_304_reschedules_and_keeps_what_is_stored():
    record = unchanged(answer(304))
    assert (record.outcome, record.condition, record.good) == ("not_modified", Condition("ok"), True)
    assert record.next_poll_at == BEGAN + EVERY
    assert (record.keep_validators, record.keep_memory, record.whole) == (True, True, False)


def test_304_with_newer_validators_brings_them():
    record = unchanged(answer(304, validators=NEWER))
    assert (record.keep_validators, record.validators) == (False, NEWER)
    assert record.body_hash == FEED.body_hash


def test_304_with_the_very_same_validators_is_as_one_without():
    record = unchanged(answer(304, validators=FEED.validators))
    assert (record.keep_validators, record.quiet) == (True, True)


@pytest.mark.parametrize(
    ("fetched", "feed"),
    [
        (answer(304, validators=NEWER), FEED),
        (answer(200, b"<rss/>", validators=FEED.validators), FEED),
        (answer(304, moved_to=ELSEWHERE), FEED),
        (answer(304), replace(FEED, candidate=Candidate(ELSEWHERE, 1, NOW))),
        (answer(304), replace(FEED, condition=Condition("broken", told_at=NOW))),
        (answer(304), replace(FEED, condition=Condition("backing_off", 1, 0.5))),
    ],
)
def test_a_poll_is_quiet_only_where_the_feed_stands_as_it_was_leased(fetched, feed):
    assert unchanged(answer(304)).quiet
    assert not unchanged(fetched, feed).quiet


def test_the_very_same_body_is_not_parsed():
    record = unchanged(answer(200, b"<rss/>", validators=NEWER))
    assert (record.outcome, record.validators, record.body_hash) == ("unchanged", NEWER, FEED.body_hash)
    assert record.whole


@pytest.mark.parametrize("fetched", [answer(200, b"<rss></rss>"), answer(404), Fetched(1, Unreachable("x"), 0.1)])
def test_everything_else_needs_a_closer_look(fetched):
    assert unchanged(fetched) is None


@pytest.mark.parametrize(("new", "outcome"), [((), "unchanged"), (("item",), "new")])
def test_a_parsed_document_is_new_only_with_new_items(new, outcome):
    record = parsed(new=new, seen=(1,), validators=NEWER)
    assert record.outcome == outcome
    assert record.title is None
    assert record.validators == NEWER
    assert record.body_hash == judge.body_hash(b"<rss>x</rss>")
    assert (record.whole, record.listed, record.keep_memory, len(record.slices)) == (True, 3, False, 1)


def test_new_items_alone_leave_what_is_remembered_of_the_whole():
    record = parsed(new=("item",), status=226, partial=True, validators=NEWER)
    assert (record.outcome, record.validators, record.gap) == ("new", NEWER, None)
    assert (record.whole, record.listed, record.keep_memory) == (False, None, True)
    assert record.body_hash == FEED.body_hash


def test_a_document_of_which_nothing_was_known_leaves_a_gap_that_is_told():
    record = parsed(new=("a", "b"))
    assert record.gap == (FEED.last_good_at, NOW)
    assert record.note == "items may be missing between 2026-03-01 11:55:00 and 2026-03-01 12:00:00 UTC"
    assert record.pace.interval < FEED.pace.interval


@pytest.mark.parametrize(
    ("feed", "more"),
    [
        (FEED, {"new": ("a",), "seen": (1,)}),
        (replace(FEED, listed=0), {"new": ("a",)}),
        (replace(FEED, last_parsed_at=None), {"new": ("a",)}),
    ],
)
def test_there_is_no_gap_where_documents_overlap_or_nothing_came_before(feed, more):
    record = parsed(feed=feed, **more)
    assert (record.gap, record.note) == (None, None)


def test_the_wishes_of_server_and_document_hold():
    hours = timedelta(hours=1)
    document = Document("rss20", "A feed", None, "en", (), hints=Hints(at_least=2 * hours))
    assert parsed(new=("a",), seen=(1,), document=document).next_poll_at == NOW + 2 * hours
    assert parsed(new=("a",), seen=(1,), fresh_for=3 * hours).next_poll_at == NOW + 3 * hours
    assert parsed(new=("a",), seen=(1,), retry_after=4 * hours).next_poll_at == NOW + 4 * hours
    own = replace(FEED, ignore_hints=True)
    assert parsed(new=("a",), seen=(1,), feed=own, document=document, fresh_for=3 * hours).next_poll_at == BEGAN + EVERY


def test_the_hints_of_the_last_whole_document_hold_on():
    hinted = replace(FEED, hints=Hints(at_least=timedelta(hours=2)))
    assert unchanged(answer(304), hinted).hints == hinted.hints
    assert unchanged(answer(304), hinted).next_poll_at == NOW + timedelta(hours=2)
    assert parsed(new=("a",), feed=hinted, status=226, partial=True).hints == hinted.hints
    assert parsed(new=("a",), feed=hinted).hints == Hints()


def test_a_feed_that_moves_says_so_and_counts_what_came():
    seen = replace(FEED, candidate=Candidate(ELSEWHERE, 2, NOW - timedelta(days=2)))
    for record in (
        unchanged(answer(304, moved_to=ELSEWHERE), seen),
        unchanged(answer(200, b"<rss/>", moved_to=ELSEWHERE), seen),
        parsed(new=("a",), seen=(1,), feed=seen, moved_to=ELSEWHERE),
    ):
        assert (record.outcome, record.moved_to, record.candidate) == ("moved", ELSEWHERE, None)
        assert record.note == f"moved to {ELSEWHERE}"


def test_a_redirect_seen_once_is_only_remembered():
    record = unchanged(answer(304, moved_to=ELSEWHERE))
    assert (record.outcome, record.moved_to, record.note) == ("not_modified", None, None)
    assert record.candidate == Candidate(ELSEWHERE, 1, NOW)


def test_secrets_of_the_new_address_are_not_told():
    record = unchanged(
        answer(304, moved_to="https://news.example/feed?token=secret"),
        replace(FEED, polled_url="http://news.example/feed"),
    )
    assert record.moved_to == "https://news.example/feed?token=secret"
    assert "secret" not in record.note


def test_the_owner_hears_that_a_broken_feed_is_back():
    broken = replace(FEED, condition=Condition("broken", 9, 7.5, told_at=NOW - timedelta(days=3)))
    record = unchanged(answer(304), broken)
    assert (record.notice, record.condition) == ("feed.recovered", Condition("ok"))
    assert unchanged(answer(304)).notice is None


# --- sitemap indexes -------------------------------------------------------------------------------------------------

PART = Part(f"{URL}/1", None, b"1" * 16)
INDEX = replace(FEED, parts=(PART,))


def gathering(fetched, *, parts=(PART,), digest=None, **more):
    values = {"document": None, "reasons": (), "error": None, "whole": False} | more
    index = Index(fetched, fetched.result, INDEX.parts, NOW, digest=digest)
    return Gathering(index, fetched, fetched.result, parts=parts, **values)


def test_an_index_of_which_nothing_has_changed_is_quiet():
    record = judge.gathered(INDEX, gathering(answer(304)), None, OCCASION)
    assert (record.outcome, record.quiet, record.keep_validators, record.parts) == ("not_modified", True, True, None)


@pytest.mark.parametrize(
    "found",
    [
        gathering(answer(304), parts=(replace(PART, validators=NEWER),)),
        gathering(answer(304, validators=NEWER)),
        gathering(answer(200, validators=NEWER), digest=b"d" * 16),
    ],
)
def test_an_index_with_something_to_store_is_not_quiet(found):
    record = judge.gathered(INDEX, found, None, OCCASION)
    assert not record.quiet
    assert record.body_hash == (found.index.digest or INDEX.body_hash)
    assert record.parts in {None, found.parts}


def test_an_index_that_moves_says_so():
    moves = replace(INDEX, candidate=Candidate(ELSEWHERE, 2, NOW - timedelta(days=2)))
    record = judge.gathered(moves, gathering(answer(304, moved_to=ELSEWHERE), reasons=("HTTP 503",)), None, OCCASION)
    assert (record.outcome, record.moved_to) == ("moved", ELSEWHERE)
    assert record.note == f"moved to {ELSEWHERE}; 1 of 1 sitemaps could not be read: HTTP 503"


def test_a_document_that_is_no_index_forgets_the_parts_and_a_difference_does_not():
    assert parsed(feed=INDEX).parts == ()
    assert parsed(feed=INDEX, status=226, partial=True).parts is None
    assert parsed().parts is None
