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
