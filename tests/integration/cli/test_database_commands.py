import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from worker.store import open_store

LONG_AGO = datetime.now(UTC) - timedelta(days=400)


def test_db_prune_says_what_went_and_then_that_there_is_nothing(prompt):
    assert prompt("db", "prune").out == "nothing to remove\n"
    assert prompt("apply").code == 0
    store = open_store(f"sqlite:///{prompt.folder / 'var' / 'tocsin.db'}")
    with store._transaction("write") as connection:
        for number in (1, 2):
            values = {"id": number, "at": LONG_AGO.isoformat().replace("+00:00", "Z")}
            said = "INSERT INTO notices (id, type, subscriber_id, data, created_at) VALUES (:id, 'x', 1, '{}', :at)"
            connection.execute(text(said), values)
    store.close()
    assert prompt("db", "prune").out == "notices: 1\n"
    assert prompt.json("db", "prune") == dict.fromkeys(
        ("texts", "revisions", "items", "stories", "errors", "given_up", "notices"), 0
    )


def test_a_backup_is_made_looked_over_and_put_back(prompt, monkeypatch):
    assert prompt("apply").code == 0
    made = prompt("db", "backup", "b.db")
    assert made.code == 0
    holds = "1 feed, 1 watch list, 1 subscriber, 0 items, 0 stories, 0 alerts, 0 deliveries, schema "
    assert re.fullmatch(rf"backed up to b\.db, as of \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC: {holds}\d+\n", made.out)
    assert prompt("db", "check", "b.db").out.startswith("no mistakes in b.db, as of ")
    assert prompt("db", "check").out == f"no mistakes: {made.out.partition(': ')[2]}"

    again = prompt("db", "backup", "b.db")
    assert (again.code, "--force" in again.err) == (2, True)
    assert prompt("db", "backup", "b.db", "--force").code == 0
    taken = prompt("db", "restore", "b.db")
    assert (taken.code, "--force" in taken.err) == (2, True)
    back = prompt("db", "restore", "b.db", "--force")
    assert (back.code, back.out.startswith("restored from b.db, as of ")) == (0, True)
    (kept,) = (prompt.folder / "var").glob("*.replaced")
    assert back.err == f"the database that was there before is {kept}\n"

    monkeypatch.setenv("TOCSIN_DATA_DIR", str(prompt.folder / "elsewhere"))
    assert prompt("db", "restore", "b.db").err == ""
    shape = prompt.json("db", "check")
    assert shape.keys() == {"schema", "backup_made_at", "rows", "problems", "file"}
    assert (shape["rows"]["watch_lists"], shape["problems"]) == (1, [])
    assert shape["backup_made_at"].endswith("Z")


def test_what_is_wrong_with_a_database_is_said(prompt):
    assert prompt("db", "check").code == 0
    path = prompt.folder / "var" / "tocsin.db"
    path.write_bytes(path.read_bytes()[:8192] + bytes(100_000))
    found = prompt("db", "check")
    assert (found.code, found.out.startswith("DAMAGED\n  ")) == (1, True)
    assert found.err == "the last good backup puts it right: `tocsin db restore FILE --force`\n"
    assert prompt.json("db", "check")["problems"]


def test_a_backup_takes_the_place_of_nothing_but_backups(prompt):
    assert prompt("db", "check").code == 0
    (prompt.folder / "folder").mkdir()
    (prompt.folder / "link.db").symlink_to(prompt.folder / "var" / "tocsin.db")
    for target in ("var/tocsin.db", "var/tocsin.db-wal", "link.db", "folder", "no/folder.db"):
        answer = prompt("db", "backup", "--force", target)
        assert (answer.code, answer.out) == (2, ""), answer
    assert prompt("db", "check").code == 0


def test_a_database_that_lacks_an_index_is_backed_up_all_the_same(prompt):
    assert prompt("db", "check").code == 0
    store = open_store(f"sqlite:///{prompt.folder / 'var' / 'tocsin.db'}")
    with store._transaction("write") as connection:
        connection.execute(text("DROP INDEX ix_alerts_item_id"))
    store.close()
    made = prompt("db", "backup", "b.db")
    assert (made.code, "  the index ix_alerts_item_id is missing" in made.out, made.err) == (1, True, "")
    assert prompt("db", "check").out.startswith("NOT AS IT SHOULD BE: schema ")
    assert (prompt.folder / "b.db").exists()


def test_without_a_database_there_is_nothing_to_check_or_to_back_up(bare):
    for command in (("check",), ("backup", "b.db")):
        answer = bare("db", *command)
        assert (answer.code, "there is no database" in answer.err) == (3, True)
    assert list(bare.folder.iterdir()) == []
