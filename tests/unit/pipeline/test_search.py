from dataclasses import dataclass

import pytest

from worker.errors import QueryError
from worker.pipeline.search import search
from worker.watchlists.model import Matchable


@dataclass
class Row:
    title: str

    @property
    def matchable(self):
        return Matchable(self.title, "")


ROWS = [Row("Kyiv talks"), Row("Weather"), Row("Talks end"), Row("More talks")]


def test_hits_come_in_the_order_of_the_archive_with_their_places():
    found = list(search(ROWS, "talks", limit=10))
    assert [row.title for row, _ in found] == ["Kyiv talks", "Talks end", "More talks"]
    assert [(hit.spans[0].start, hit.spans[0].end) for _, hit in found] == [(5, 10), (0, 5), (5, 10)]


def test_no_more_than_the_limit_is_read():
    rows = iter(ROWS)
    assert [row.title for row, _ in search(rows, "talks", limit=1)] == ["Kyiv talks"]
    assert next(rows).title == "Weather"


def test_a_wrong_query_is_told_before_anything_is_read():
    with pytest.raises(QueryError):
        search(iter(ROWS), "talks AND", limit=1)
