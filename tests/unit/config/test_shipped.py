"""The configuration that ships: right, complete, and its comments say the truth."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import config
from config.settings import CONTACT_WARNING, NO_EFFECT_YET, load_settings
from config.values import ChannelLine, Settings
from config.watchfile import load_all

FOLDER = Path(config.__file__).parent


def test_it_is_right_but_for_the_contact_page() -> None:
    settings, configuration = load_all(FOLDER, {})
    assert settings == Settings()
    assert [warning.message for warning in configuration.warnings] == [CONTACT_WARNING]


def test_it_watches_ukraine_in_fifteen_feeds_for_the_log() -> None:
    _, configuration = load_all(FOLDER, {})
    assert len(configuration.feeds) >= 15
    assert all(feed.name and feed.tags for feed in configuration.feeds)
    (watch_list,) = configuration.watch_lists
    assert watch_list.name == "Ukraine"
    assert {"Ukraine", "Україна", "乌克兰"} <= set(watch_list.keywords)
    (subscriber,) = configuration.subscribers
    assert [line.subscriber for line in watch_list.notify] == [subscriber.name]
    assert subscriber.channels == (ChannelLine("log"),)


def test_each_setting_stands_there_with_its_default(tmp_path: Path) -> None:
    text = (FOLDER / "settings.yaml").read_text(encoding="utf-8")
    given = re.sub(r"^  # (\w+: )", r"  \1", text, flags=re.MULTILINE)
    given = given.replace("owner: desk", "owner:").replace("mail_from: tocsin@example.org", "mail_from:")
    (tmp_path / "settings.yaml").write_text(given, encoding="utf-8")
    settings, warnings = load_settings(tmp_path, {})
    unset = Settings()  # what it does with hosts that are not our own is what the comments show
    shown = replace(unset, host_concurrency=unset.public_host_concurrency, host_gap=unset.public_host_gap)
    assert settings == shown
    assert set(re.findall(r"^  (\w+):", given, flags=re.MULTILINE)) == set(Settings.__slots__)
    without_effect = {warning.message.split()[0] for warning in warnings} - {"contact_url"}
    assert without_effect == NO_EFFECT_YET
    assert len(re.findall(r"no effect yet", text)) == len(NO_EFFECT_YET)
