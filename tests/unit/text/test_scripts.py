from __future__ import annotations

import pytest

from worker.text.scripts import foreign_letters, letters_by_script, script_of


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("", {}),
        ("1 2, 3!", {}),
        ("Kyiv, 24 Feb", {"LATIN": 7}),
        ("Łódź", {"LATIN": 4}),
        ("Київ is Kyiv", {"CYRILLIC": 4, "LATIN": 6}),
        ("乌克兰", {"CJK": 3}),
        ("ウクライナの大統領", {"JAPANESE": 9}),
        ("サッカー", {"JAPANESE": 4}),
        ("乌克兰总统今天在首都发表了讲话他说战争必须结束の", {"CJK": 23}),
        ("우크라이나 ไทย", {"HANGUL": 5, "THAI": 3}),
    ],
)
def test_letters_are_counted_by_script(text: str, letters: dict[str, int]) -> None:
    assert {script: count for script, count in letters_by_script(text).items() if count} == letters


def test_script_of_a_letter_and_of_what_is_none() -> None:
    assert script_of("Ж") == "CYRILLIC"
    assert script_of("1") == ""
    assert script_of("\ud800") == ""


def test_letters_that_a_language_never_writes() -> None:
    assert foreign_letters("ru", "президент україни") == 1
    assert foreign_letters("uk", "что вы сказали это") == 2
    assert foreign_letters("xx", "ы") == 0
