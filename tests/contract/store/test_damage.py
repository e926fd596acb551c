"""What is wrong with a database, or a backup, is found; a backup puts it right, and is never lost to one that is damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from contract.store.test_delivery_keys import busy
from contract.store.vault import backed_up, open_of, restored, settings, sound, unseen
from sqlalchemy import text

from config.values import Settings
from worker.errors import ConfigurationError, StoreUnavailable
from worker.wiring.backups import look_over

if TYPE_CHECKING:
    from pathlib import Path


__all__ = ["settings"]


def test_of_a_damaged_database_what_can_be_read_takes_the_place_of_no_backup(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
    backed_up(settings, tmp_path / "b.db")
    good, path = (tmp_path / "b.db").read_bytes(), tmp_path / "var" / "tocsin.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM feeds")
        connection.commit()
    lost = backed_up(settings, tmp_path / "b.db", overwrite=True)
    assert lost.damage[0].startswith("rows of ")
    assert lost.file == tmp_path / "b.db.damaged"
    assert (tmp_path / "b.db").read_bytes() == good


@pytest.mark.parametrize("damage", ["zeros", "words", "half"])
def test_a_damaged_database_is_found_and_replaced(tmp_path: Path, damage: str) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
    backed_up(settings, tmp_path / "b.db")
    path = tmp_path / "var" / "tocsin.db"
    whole = path.read_bytes()
    broken = {
        "zeros": whole[:8192] + bytes(40960) + whole[49152:],
        "words": b"This is no database at all. " * 1000,
        "half": whole[: len(whole) // 8192 * 4096],
    }
    path.write_bytes(broken[damage])
    assert look_over(settings, None, checking=unseen).damage
    with pytest.raises((ConfigurationError, StoreUnavailable)):
        restored(settings, tmp_path / "b.db")
    assert path.read_bytes() == broken[damage]
    restored(settings, tmp_path / "b.db", overwrite=True)
    assert sound(settings)
    (kept,) = (tmp_path / "var").glob("tocsin.db.*.replaced")
    assert kept.read_bytes() == broken[damage]


def test_a_damaged_backup_is_not_restored(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
    file = tmp_path / "b.db"
    backed_up(settings, file)
    whole, middle = file.read_bytes(), file.stat().st_size // 8192 * 4096
    file.write_bytes(whole[:middle] + bytes(40960) + whole[middle + 40960 :])
    other = replace(settings, data_dir=tmp_path / "other")
    assert restored(other, file).damage
    assert list((tmp_path / "other").iterdir()) == []
    for wrong, what in (("words", b"none"), ("empty", b"")):
        (tmp_path / wrong).write_bytes(what)
        with pytest.raises(ConfigurationError, match="is no backup"):
            restored(other, tmp_path / wrong)
    with closing(sqlite3.connect(tmp_path / "foreign")) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(ConfigurationError, match="is no backup of Tocsin"):
        look_over(other, tmp_path / "foreign", checking=unseen)
    with pytest.raises(ConfigurationError, match="there is no file"):
        restored(other, tmp_path / "nowhere")


def test_what_must_hold_is_looked_over(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_of(settings) as store:
        store.upgrade()
        busy(store)
        with store._transaction("write") as connection:
            connection.execute(text("DELETE FROM service_state WHERE key = 'installation'"))
            connection.execute(text("DROP INDEX ix_alerts_item_id"))
            connection.execute(text("DROP TABLE page_hosts"))
            connection.execute(text("UPDATE deliveries SET subject_id = 99 WHERE id IN (1, 2)"))
    assert look_over(settings, None, checking=unseen).flaws == (
        "the table page_hosts is missing",
        "the index ix_alerts_item_id is missing",
        "the installation's name is missing, without which no delivery can be made",
        "deliveries of alerts that are missing: 2",
    )
