"""The Compose file at work: every service of both profiles, its health check, its order, and an alert at the end."""

from __future__ import annotations

import http.client
import json
import signal
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from servers.compose import Compose
from servers.compose_file import ComposeError, read
from servers.documents import Item, rss
from servers.receiver import SECRET

FILE = Path(__file__).parents[2] / "docker-compose.yml"
FULL = ["postgres", "migrate", "redis", "beat", "worker", "new", "deliver", "tick", "web"]
CONFIGURATION = {"settings.yaml", "feeds.yaml", "watchlists.yaml", "subscribers.yaml"}
SILENT_S = 60.0  # seconds within which a role that has stopped is noticed: 20 of silence, and the looks at it

pytestmark = pytest.mark.long


@pytest.fixture
def compose():
    with Compose(FILE) as compose:
        yield compose


class Desk:
    """A configuration in the project's folder, with one feed and one receiver."""

    def __init__(self, compose, feed_server, receiver):
        self._feed_server, self._receiver = feed_server, receiver
        url = feed_server.publish("/stream.xml", rss([], title="Stream"))
        channel = {"webhook": receiver.url("/hook"), "secret": "${RECEIVER_SECRET}"}
        notify = [{"subscriber": "desk", "at_most": "none"}]
        for name, document in {
            "settings": {
                "min_interval": "1s",
                "fetch_allow": [feed_server.address],
                "deliver_allow": [receiver.address],
            },
            "feeds": [{"url": url, "name": "Stream", "every": "1s"}],
            "watch_lists": [{"name": "Ukraine", "keywords": ["Ukraine"], "notify": notify}],
            "subscribers": [{"name": "desk", "channels": [channel]}],
        }.items():
            file = compose.project / "config" / f"{name.replace('_', '')}.yaml"
            file.write_text(yaml.safe_dump({name: document}), encoding="utf-8")

    def publish_and_wait(self, title):
        item = Item(title, title, "Text.", "http://127.0.0.1/n", datetime.now(UTC))
        self._feed_server.publish("/stream.xml", rss([item], title="Stream"))
        self._receiver.wait_until(lambda: title in self.told(), 60, what=f"an alert about {title}")
        return self.told()[title]

    def told(self):
        return {one.json["data"]["item"]["title"]: one for one in self._receiver.accepted}


def ready(compose, service):
    port = int(compose.url(service, 8000).rpartition(":")[2])
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200


def dotenv(compose, **variables):
    (compose.project / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))


def test_all_in_one_container(compose, feed_server, receiver):
    desk = Desk(compose, feed_server, receiver)
    dotenv(compose, RECEIVER_SECRET=SECRET)  # and no password: this profile has no use for one
    assert compose.up("sqlite") == ["tocsin"]
    assert desk.publish_and_wait("Ukraine begins").signed
    assert ready(compose, "tocsin")
    assert compose.exec("tocsin", "tocsin", "status").returncode == 0

    ((name, (code, took)),) = compose.stop().items()
    assert (name, code) == ("tocsin-1", 0)
    assert took < 30
    if compose.confined:
        data = compose._folder / "volumes" / "data"
        assert {path.stat().st_uid for path in data.rglob("*")} == {10001}
        assert not {path.name for path in compose.project.rglob("*")} - {"config", ".env", *CONFIGURATION}

    compose.up("sqlite")  # its data are still there
    assert compose.exec("tocsin", "tocsin", "alerts", "list", "--json").stdout.count("Ukraine begins") >= 1
    assert {code for code, _ in compose.stop().values()} == {0}


@pytest.mark.timeout(600)
def test_one_container_for_each_role(compose, feed_server, receiver):
    desk = Desk(compose, feed_server, receiver)
    dotenv(compose, RECEIVER_SECRET=SECRET, POSTGRES_PASSWORD="hunter2", COMPOSE_PROFILES="full")
    names = compose.up(scale={"worker": 2})
    assert sorted(names) == sorted(FULL)
    assert all(
        names.index("migrate") < names.index(other) for other in ("beat", "worker", "new", "deliver", "tick", "web")
    )
    told = desk.publish_and_wait("Ukraine begins")
    assert told.signed
    status = compose.exec("web", "tocsin", "status", "--json")
    assert status.returncode == 0, status.stdout
    hosts = {role["role"]: role["host"] for role in json.loads(status.stdout)["roles"]}
    assert set(hosts) == {"beat", "worker", "web"}
    assert ready(compose, "web")
    assert compose.exec("redis", "redis-cli", "ping").stdout.strip() == "PONG"
    assert compose.run("migrate", "tocsin", "plan").returncode == 0

    compose.signal("beat", signal.SIGSTOP)
    compose.wait_for("beat", "unhealthy", SILENT_S)
    assert compose.health("deliver") == "healthy"
    compose.signal("beat", signal.SIGCONT)
    compose.wait_for("beat", "healthy", SILENT_S)

    stopped = compose.stop()
    order = list(stopped)
    assert set(order[-2:]) == {"redis-1", "postgres-1"}
    assert {name: code for name, (code, _) in stopped.items()} == dict.fromkeys(order, 0)
    assert set(order) == {f"{name}-1" for name in FULL if name != "migrate"} | {"worker-2"}
    said = "".join(log.read_text() for log in compose._folder.glob("containers/*/log"))
    assert "hunter2" not in said
    assert "Traceback" not in said


def test_without_a_profile_nothing_starts(compose):
    assert compose.up() == []


def test_without_a_password_the_database_does_not_start_and_says_why(compose):
    with pytest.raises(ComposeError, match="superuser password is not specified"):
        compose.up("full")


def test_a_file_that_is_filled_in_needs_nothing(tmp_path):
    found = read(FILE, tmp_path, {})
    assert found.warnings == []
    assert set(found.services) == {"tocsin", *FULL}
