"""Digests of very many stories."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.alerts.payload import payload
from worker.alerts.text import body, subject
from worker.alerts.told import STORIES_LIMIT


@pytest.fixture
def digest(facts, message):
    """Make a digest of so many stories, the first of them told in full."""
    brief = replace(facts(), text="", summary="", terms=(), spans=(), story_items=(), brief=True)

    def made(count):
        alerts = (
            replace(brief if n else facts(), alert=n, story=n, title=f"Ukraine {n}", link=f"https://a.example/{n}")
            for n in range(count)
        )
        return message(*alerts, type="digest.created")

    return made


def test_what_a_flood_brought_is_a_line_and_an_address_each(digest):
    lines = body(digest(3)).splitlines()
    at = lines.index("2. Ukraine 1")
    assert lines[at : at + 2] == ["2. Ukraine 1", "https://a.example/1"]
    assert lines[at + 2 : at + 6] == ["", "", "3. Ukraine 2", "https://a.example/2"]
    assert sum(line.startswith("Why:") for line in lines) == 1


def test_people_are_told_a_thousand_and_how_to_see_the_rest(digest):
    flood = digest(STORIES_LIMIT + 500)
    text = body(flood)
    assert f"{STORIES_LIMIT}. Ukraine {STORIES_LIMIT - 1}\n" in text
    assert f"Ukraine {STORIES_LIMIT}\n" not in text
    assert "... and 500 stories more: tocsin alerts list --subscriber desk shows them." in text
    assert f"{STORIES_LIMIT + 500} stories" in subject(flood)


def test_programs_are_told_all_of_them(digest):
    data = payload(digest(STORIES_LIMIT + 500), base_url=None)["data"]
    assert [one["item"]["title"] for one in data["alerts"]] == [f"Ukraine {n}" for n in range(STORIES_LIMIT + 500)]
    assert [one.get("brief") for one in data["alerts"][:3]] == [None, True, True]
    assert sorted(data["alerts"][1]) == ["brief", "id", "item", "story", "watch_list"]
