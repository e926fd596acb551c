import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ConfigurationError
from worker.pipeline.cursors import Cursor, read, written

IDS = st.integers(0, 2**63 - 1)
CURSORS = st.builds(Cursor, IDS, IDS, st.floats(-1e6, 1e6), IDS)


@given(CURSORS)
def test_a_cursor_is_read_as_it_was_written(cursor):
    text = written(cursor, key="a search")
    assert read(text, key="a search") == cursor
    assert text.isascii()
    assert not set(text) & set("+/= ")
    with pytest.raises(ConfigurationError, match="another search"):
        read(text, key="another")


@given(CURSORS, st.integers(0, 52), st.sampled_from("AZaz09-_"))
def test_a_cursor_that_somebody_changed_is_refused(cursor, place, letter):
    text = written(cursor, key="a search")
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(ConfigurationError, match="cursor"):
            read(changed, key="a search")


@pytest.mark.parametrize(
    "text", ["", "x", "12", "abcd", "ä", "A" * 42, "A" * 44, "A" * 43, "A" * 43 + "=", "A" * 53, "A" * 55, "🇺🇦"]
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(ConfigurationError, match="cursor"):
        read(text, key="a search")
