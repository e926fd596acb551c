from __future__ import annotations

from worker.watchlists.naming import countries_named


def test_countries_are_shown_with_their_names() -> None:
    found = countries_named("(title:country:UA OR war) -country:RU country:UA")
    assert list(found) == ["UA", "RU"]
    assert {"Ukraine", "Україна"} <= set(found["UA"])


def test_where_there_is_none_there_is_nothing_to_show() -> None:
    assert countries_named("ukraine") == {}
    assert countries_named("(country:UA") == {}
