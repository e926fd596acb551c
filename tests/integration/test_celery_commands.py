"""Celery's own commands work as any Celery user expects, beside folders named like our packages too."""

from __future__ import annotations

import json
import subprocess

import pytest
from servers.tocsin import CELERY, Home


@pytest.fixture
def home(tmp_path):
    """An installation whose folder holds `config/` and `tasks/` of the user's own."""
    home = Home(tmp_path)
    for name in ("config", "tasks", "worker"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "feeds.yaml").write_text("feeds: []\n")
    return home


def celery(home, *arguments):
    return subprocess.run(
        [CELERY, "-A", "tasks", *arguments],
        env=home.env,
        cwd=home.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_folders_of_the_same_names_do_not_shadow_the_packages(home):
    report = celery(home, "report")
    assert report.returncode == 0, report.stderr
    assert "tocsin.tick" in report.stdout


def test_a_wrong_setting_stops_celery_too(home):
    home.write("settings", settings={"tick": "soon"})
    done = celery(home, "report")
    assert done.returncode == 2
    assert "settings.yaml:2:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_tocsin_finds_its_packages_there_too(home):
    done = home.run("check", "--json")
    assert json.loads(done.stdout)["feeds"] == 0
