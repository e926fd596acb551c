import os
import subprocess
import sys
from pathlib import Path

import pytest

from worker.parsing.limits import ParseLimits
from worker.parsing.process import ParserProcess


@pytest.fixture
def open_parser():
    """Makes parsers, and closes them."""
    opened = []

    def make(**limits):
        opened.append(ParserProcess(ParseLimits(**limits)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def parser(open_parser):
    return open_parser()


@pytest.fixture
def script(tmp_path):
    """Starts a program of its own, given as text; its standard output can be read."""
    started = []

    def run(code: str, *, cwd: Path = tmp_path, env: dict[str, str] | None = None) -> subprocess.Popen:
        started.append(
            subprocess.Popen(
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                cwd=cwd,
                env=os.environ | (env or {}),
                text=True,
            )
        )
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.wait()
        one.stdout.close()
