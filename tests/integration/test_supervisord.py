"""The service under another supervisor: deploy/supervisord.conf, with the paths of the test."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest
from servers.newsroom import Newsroom
from servers.receiver import SECRET
from servers.tocsin import Running

pytestmark = pytest.mark.long

SHIPPED = Path(__file__).parents[2] / "deploy" / "supervisord.conf"
SUPERVISORD = str(Path(sys.executable).with_name("supervisord"))
ITS_OWN = """
[supervisord]
nodaemon=true
logfile=/dev/null
logfile_maxbytes=0
pidfile={folder}/supervisord.pid
[include]
files=tocsin.conf
"""


def configure(folder, newsroom):
    """The shipped file, beside a supervisord.conf that includes it; return the latter's path."""
    state = folder / "state"
    state.mkdir()
    (newsroom.home.config / "tocsin.env").write_text(f"RECEIVER_SECRET='{SECRET}'\n")
    text = SHIPPED.read_text(encoding="utf-8")
    for theirs, ours in {
        "/opt/tocsin/bin/tocsin up": f"{Path(sys.executable).with_name('tocsin')} up --no-web",
        "/etc/tocsin": newsroom.home.config,
        "/var/lib/tocsin": state,
        "/var/log/tocsin.log": folder / "tocsin.log",
        "user=tocsin\n": "",
    }.items():
        assert theirs in text
        text = text.replace(theirs, str(ours))
    (folder / "tocsin.conf").write_text(text, encoding="utf-8")
    (folder / "supervisord.conf").write_text(ITS_OWN.format(folder=folder), encoding="utf-8")
    return folder / "supervisord.conf"


def up_of(process):
    """The PID of `tocsin up`."""
    return next((pid for pid, line in process.descendants().items() if line.endswith("tocsin up --no-web")), None)


def test_it_is_started_brought_back_and_stopped(tmp_path, feed_server, receiver):
    with closing(Newsroom(tmp_path / "newsroom", feed_server, receiver)) as newsroom:
        command = [SUPERVISORD, "--configuration", str(configure(tmp_path, newsroom))]
        kept = {name: os.environ[name] for name in ("PATH", "SSL_CERT_FILE")}
        supervisord = Running(command, env=kept, cwd=tmp_path)
        newsroom.started.append(supervisord)
        newsroom.publish_and_wait("Ukraine begins", 60)
        first = up_of(supervisord)
        os.kill(first, signal.SIGKILL)
        newsroom.publish_and_wait("Ukraine goes on", 60)
        assert up_of(supervisord) not in {None, first}
        assert supervisord.stop(25) < 25
        assert supervisord.returncode == 0
        assert "ALERT List: Ukraine goes on" in (tmp_path / "tocsin.log").read_text()
