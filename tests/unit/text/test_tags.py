from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text.tags import normal_language, primary


@pytest.mark.parametrize(
    ("claim", "tag"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en-us", "en-us"),
        ("en_US", "en-us"),
        (" pt-BR\n", "pt-br"),
        ("es-419", "es-419"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("de-DE-1996", "de-de-1996"),
        ("fil", "fil"),
        # names, countries, longer and withdrawn codes
        ("english", "en"),
        ("English (US)", "en"),
        ("Українська", "uk"),
        ("ua", "uk"),
        ("jp-JP", "ja-jp"),
        ("eng", "en"),
        ("ger-AT", "de-at"),
        ("iw", "he"),
        # more than a tag
        ("en-US,en;q=0.9", "en-us"),
        ("ru-RU.UTF-8", "ru-ru"),
        ("en-x-ours", "en"),
        ("en-u-ca-gregory", "en"),
        ("en-", "en"),
        # nothing
        (None, None),
        ("", None),
        ("und", None),
        ("mul", None),
        ("qaa", None),
        ("x", None),
        ("xx", None),
        ("x-default", None),
        ("default", None),
        ("language", None),
        ("none", None),
        ("42", None),
        ("a" * 100_000, None),
    ],
)
def test_claims_are_read_as_they_were_meant(claim: str | None, tag: str | None) -> None:
    assert normal_language(claim) == tag


@given(st.text() | st.from_regex(r"[a-zA-Z]{1,4}([-_][a-zA-Z0-9]{1,8}){0,4}", fullmatch=True))
def test_a_tag_is_its_own_tag(claim: str) -> None:
    tag = normal_language(claim)
    assert tag is None or normal_language(tag) == tag == tag.lower()


def test_primary_is_the_language_alone() -> None:
    assert primary("zh-hant-tw") == "zh"
    assert primary("uk") == "uk"
