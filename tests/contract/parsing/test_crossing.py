import os
import pickle
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import HtmlPage, ParseError
from worker.feeds.model import Document, Enclosure, Hints, ItemData, Known
from worker.parsing.crossing import Answer, Question, packed, read_frame, unpacked, write_frame

ITEM = ItemData(
    id="a",
    link="https://north.example/a",
    title="Größe",
    authors=("Ada", "Bo"),
    published=datetime(2026, 3, 1, tzinfo=UTC),
    enclosures=(Enclosure("https://north.example/a.mp3", "audio/mpeg", 7), Enclosure("https://north.example/b")),
    slice=b"\x00" * 16,
)
DOCUMENT = Document(
    format="rss20",
    title="North",
    link=None,
    language="uk",
    items=(ITEM, ITEM),
    hints=Hints(timedelta(hours=1), frozenset({3, 4}), frozenset({6})),
    frame=b"\x01" * 16,
    slices=(b"\x00" * 16,),
)


@pytest.mark.parametrize("result", [DOCUMENT, "text", ""])
def test_an_answer_comes_over_as_it_was(result):
    answer = Answer(result, last=True)
    assert unpacked(packed(answer)) == answer


@pytest.mark.parametrize("kind", [ParseError, HtmlPage])
def test_an_error_comes_over_as_its_own_kind(kind):
    answer = unpacked(packed(Answer(kind("no feed"), last=False)))
    assert isinstance(answer, Answer)
    assert type(answer.result) is kind
    assert str(answer.result) == "no feed"


def test_a_question_comes_over_as_it_was():
    question = Question("feed", "text/xml", "https://north.example/", Known(b"f", frozenset({b"s"})))
    assert unpacked(packed(question)) == question


class Evil:
    def __reduce__(self):
        return os.system, ("exit 3",)


@pytest.mark.parametrize("value", [Evil(), os.system, ValueError("x"), pickle.Unpickler])
def test_nothing_else_may_cross(value):
    with pytest.raises(ValueError, match="not a message"):
        unpacked(pickle.dumps(value))


@given(st.binary(max_size=40), st.integers(min_value=0, max_value=400))
def test_what_makes_no_sense_is_a_value_error_and_nothing_else(noise, cut):
    good = packed(Answer(DOCUMENT, last=False))
    try:
        unpacked(good[:cut] + noise)
    except ValueError:
        return


def test_frames_follow_each_other_and_end():
    stream = BytesIO()
    for data in (b"one", b"", b"two"):
        write_frame(stream, data)
    stream.seek(0)
    assert [read_frame(stream) for _ in range(4)] == [b"one", b"", b"two", None]


@pytest.mark.parametrize("cut", [1, 8, 10])
def test_a_frame_cut_short_is_the_end(cut):
    stream = BytesIO()
    write_frame(stream, b"three")
    assert read_frame(BytesIO(stream.getvalue()[:cut])) is None
