"""The real process: what it reads, what ends it, and that nothing of it outlives its use."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from contract.parsing.documents import HOG, PARAGRAPH, PLAIN_PAGE, eventually, exists, feed_of, page_of

from worker.errors import HtmlPage, ParseError
from worker.feeds.parse import parse
from worker.parsing.child import Child
from worker.parsing.crossing import Answer, Question, packed
from worker.parsing.process import ParserProcess

FEED = {"content_type": "application/rss+xml", "url": "https://north.example/feed"}
PAGE = {"content_type": "text/html; charset=utf-8", "url": "https://north.example/1"}


def read_hog(parser, errors):
    try:
        parser.read_page(HOG, **PAGE)
    except ParseError as error:
        errors.append(str(error))


@pytest.fixture
def reading_hog(parser):
    """A parser that is in the midst of a costly page, and where the error will be told."""
    errors = []
    thread = threading.Thread(target=read_hog, args=(parser, errors))
    thread.start()
    assert eventually(lambda: parser.pid is not None and seconds_of(parser.pid) > 0.6)
    yield parser, thread, errors
    parser.close()
    thread.join()


def seconds_of(pid):
    """CPU time that a process has used (proc(5), stat: utime and stime)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_small_feed_is_read_without_another_process(parser):
    body = feed_of("Small", size=1_000)
    assert parser(body, **FEED) == parse(body, **FEED)
    assert parser.pid is None


def test_a_larger_feed_is_read_beside_and_says_the_same(parser):
    body = feed_of("Large")
    document = parser(body, **FEED)
    assert document == parse(body, **FEED)
    assert document.items
    assert exists(parser.pid)


def test_one_process_reads_many_documents(parser):
    parser(feed_of("First"), **FEED)
    first = parser.pid
    assert parser(feed_of("Second"), **FEED).title == "Second"
    assert parser.read_page(PLAIN_PAGE, **PAGE)
    assert parser.pid == first


def test_what_is_no_feed_is_told_as_the_error_that_it_is(parser):
    with pytest.raises(ParseError, match="empty") as raised:
        parser(b" " * 100_000, **FEED)
    assert type(raised.value) in {ParseError, HtmlPage}
    assert parser(feed_of("Large"), **FEED).title == "Large"


def test_a_page_gives_its_main_text(parser):
    text = parser.read_page(PLAIN_PAGE, **PAGE)
    assert text.splitlines() == [PARAGRAPH.format(day) for day in range(12)]


def test_a_page_without_text_gives_none(parser):
    assert parser.read_page(b"<html><body></body></html>", **PAGE) == ""
    assert parser.read_page(b"", **PAGE) == ""


def test_a_document_over_its_cpu_time_is_given_up_and_the_next_one_read(open_parser):
    parser = open_parser(cpu_seconds=1)
    with pytest.raises(ParseError, match=r"^the document took more than 1 s of CPU to read$"):
        parser.read_page(HOG, **PAGE)
    assert parser.read_page(PLAIN_PAGE, **PAGE).startswith("The ferry")


def test_cpu_time_is_counted_for_each_document_anew(open_parser):
    parser = open_parser(cpu_seconds=1)
    busy = page_of(*(PARAGRAPH.format(day) for day in range(4_000)))
    parser.read_page(PLAIN_PAGE, **PAGE)
    first = parser.pid
    while seconds_of(first) < 2.5:
        assert parser.read_page(busy, **PAGE)
        assert parser.pid == first


def test_a_document_over_its_time_by_the_clock_is_given_up(open_parser):
    parser = open_parser(wall_seconds=0.5)
    with pytest.raises(ParseError, match=r"^the document took more than 0.5 s to read$"):
        parser.read_page(HOG, **PAGE)
    assert not exists(parser.pid)


def test_a_process_that_stands_still_is_given_up_even_while_it_should_take_the_document(open_parser):
    parser = open_parser(wall_seconds=3.0)
    parser.read_page(PLAIN_PAGE, **PAGE)
    stopped = parser.pid
    os.kill(stopped, signal.SIGSTOP)
    with pytest.raises(ParseError, match=r"more than 3 s to read"):
        parser(feed_of("Larger than a pipe", size=3_000_000), **FEED)
    assert not exists(stopped)


def test_a_document_over_its_memory_is_given_up_and_the_next_one_read(open_parser):
    parser = open_parser(memory=256 << 20)
    bomb = b'{"version": "https://jsonfeed.org/version/1.1", "items": [], "x": [' + b"[]," * 5_000_000 + b"[]]}"
    with pytest.raises(ParseError, match=r"^the document takes more memory to read than it may$"):
        parser(bomb, content_type="application/feed+json", url="https://north.example/feed")
    assert parser.read_page(PLAIN_PAGE, **PAGE).startswith("The ferry")


def test_after_a_large_document_its_memory_is_given_back(parser):
    parser(feed_of("Large", size=4_300_000), **FEED)
    assert parser.pid is None
    assert parser(feed_of("Next"), **FEED).title == "Next"


def test_a_large_document_has_a_process_to_itself(parser, monkeypatch):
    started = []
    monkeypatch.setattr("worker.parsing.process.Child", lambda limits: started.append(one := Child(limits)) or one)
    parser(feed_of("First"), **FEED)
    assert len(started) == 1
    large = feed_of("Large", size=4_300_000)
    assert parser(large, **FEED).title == "Large"
    assert len(started) == 2
    assert not exists(started[0].pid)
    parser(large, **FEED)
    assert len(started) == 3


def test_a_process_killed_while_it_reads_costs_that_document_only(reading_hog):
    parser, thread, errors = reading_hog
    os.kill(parser.pid, signal.SIGKILL)
    thread.join(10)
    assert errors == ["the parser ended while it read the document (SIGKILL)"]
    assert parser(feed_of("Next"), **FEED).title == "Next"


def test_a_process_killed_while_idle_costs_no_document(parser):
    parser(feed_of("First"), **FEED)
    killed = parser.pid
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: not exists(killed))
    assert parser(feed_of("Next"), **FEED).title == "Next"
    assert parser.pid != killed


def test_closing_ends_the_process_and_whoever_waits_for_it(reading_hog):
    parser, thread, errors = reading_hog
    pid = parser.pid
    parser.close()
    thread.join(10)
    assert errors == ["the parser ended while it read the document (SIGKILL)"]
    assert not exists(pid)


def test_closing_what_was_never_started_or_is_closed_does_nothing():
    parser = ParserProcess()
    parser.close()
    parser.close()


def test_an_answer_that_nobody_waited_for_is_never_taken_for_another(parser):
    class TimeLimit(Exception):
        pass

    def interrupt(number, frame):
        raise TimeLimit

    def interrupt_once_it_is_busy():
        busy = eventually(lambda: seconds_of(first) > used + 0.3)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert busy

    before = signal.signal(signal.SIGUSR1, interrupt)
    parser.read_page(PLAIN_PAGE, **PAGE)
    first, used = parser.pid, seconds_of(parser.pid)
    with ThreadPoolExecutor(max_workers=1) as beside:
        watching = beside.submit(interrupt_once_it_is_busy)
        with pytest.raises(TimeLimit):
            parser.read_page(HOG, **PAGE)
        watching.result()
    signal.signal(signal.SIGUSR1, before)
    assert not exists(first)
    assert len(parser.read_page(PLAIN_PAGE, **PAGE).splitlines()) == 12


def test_fifty_documents_in_threads_each_get_their_own_answer(parser):
    names = [f"Feed {number}" for number in range(50)]
    bodies = {name: feed_of(name) for name in names}
    with ThreadPoolExecutor(max_workers=10) as pool:
        titles = list(pool.map(lambda name: parser(bodies[name], **FEED).title, names))
    assert titles == names


def test_the_thread_that_started_the_process_may_end(parser):
    thread = threading.Thread(target=parser, args=(feed_of("First"),), kwargs=FEED)
    thread.start()
    thread.join()
    first = parser.pid
    assert parser(feed_of("Second"), **FEED).title == "Second"
    assert parser.pid == first


class Liar:
    """Stands where the process does, and says what it was told to."""

    pid = 1

    def __init__(self, reply):
        self.reply = reply
        self.ended = False

    def is_alive(self):
        return True

    def ask(self, question, body):
        return bytearray(self.reply)

    def kill(self):
        self.ended = True

    end = kill


@pytest.mark.parametrize("reply", [b"", b"nonsense", packed(Question("page", "text/html", ""))])
def test_a_process_that_talks_nonsense_is_ended_and_replaced(parser, reply):
    parser._child = liar = Liar(reply)
    with pytest.raises(ParseError, match="answer cannot be read"):
        parser.read_page(PLAIN_PAGE, **PAGE)
    assert liar.ended
    assert parser.read_page(PLAIN_PAGE, **PAGE).startswith("The ferry")


def test_a_text_is_no_document_and_a_document_no_text(parser):
    parser._child = Liar(packed(Answer("text", last=False)))
    with pytest.raises(ParseError, match="answer cannot be read"):
        parser(feed_of("Large"), **FEED)
    parser._child = Liar(packed(Answer(parse(feed_of("Small"), **FEED), last=False)))
    with pytest.raises(ParseError, match="answer cannot be read"):
        parser.read_page(PLAIN_PAGE, **PAGE)
