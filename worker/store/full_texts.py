"""Full texts: what the pages behind items say, matched together with the items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from worker.records import PageToRead
from worker.store import leases
from worker.store.tables import items
from worker.store.transactions import Database, retried

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class FullTexts(Database):
    """The texts of linked pages."""

    def pages_of(self, items: Sequence[int]) -> list[PageToRead]:
        """Say which pages are to be read (see FullTextStore)."""
        with self._transaction("read") as connection:
            rows = [
                row for part in leases.chunks(sorted(set(items))) for row in connection.execute(_PAGES, {"ids": part})
            ]
        return [
            PageToRead(row.id, row.link) for row in sorted(rows, key=lambda row: (row.latest, row.id), reverse=True)
        ]

    @retried
    def add_full_texts(self, texts: Mapping[int, str]) -> None:
        """Keep what the pages say (see FullTextStore)."""
        if not texts:
            return
        statement = items.update().where(items.c.id == bindparam("b_item")).values(full_text=bindparam("b_text"))
        with self._transaction("write") as connection:
            connection.execute(statement, [{"b_item": item, "b_text": texts[item]} for item in sorted(texts)])


_i = items.c
_PAGES = select(
    _i.id, _i.link, func.coalesce(_i.published, _i.first_seen, type_=_i.first_seen.type).label("latest")
).where(_i.id.in_(bindparam("ids", expanding=True)), _i.news, _i.link.is_not(None), _i.unmatched_since.is_not(None))


def whole_text(text: str, full_text: str | None) -> str:
    """Return what watch lists look at: the item's own text, then what the linked page says."""
    return f"{text}\n\n{full_text}" if text and full_text else full_text or text
