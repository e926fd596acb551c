"""Words whose letters look alike and are of two scripts."""

from __future__ import annotations

import unicodedata

import pytest

from worker.text.scripts import script_of
from worker.watchlists import mixed_scripts as module
from worker.watchlists.canonical import term_of_keyword
from worker.watchlists.grammar import parse
from worker.watchlists.mixed_scripts import mixed_scripts

# Cyrillic and Greek letters that look Latin are written by their numbers, or nobody could read these cases.
KYIV = "Ky\u0456v"
OPEC = "\u041eP\u0415C"


def doubts(query: str) -> list[tuple[str, str]]:
    return [
        (query[doubt.offset : doubt.offset + doubt.length], doubt.message)
        for doubt in mixed_scripts(parse(query), query)
    ]


@pytest.mark.parametrize(
    ("word", "mixes", "meant"),
    [
        (KYIV, "Latin letters (K, y, v) and Cyrillic letters (\u0456)", ["Kyiv, all Latin"]),
        ("U\u0430\u0430e", "Latin letters (U, e) and Cyrillic letters (\u0430)", ["Uaae, all Latin"]),
        (OPEC, "Latin letters (P, C) and Cyrillic letters", ["OPEC, all Latin", "\u041e\u0420\u0415\u0421, all Cyrillic"]),
        ("\u0420utin", "Latin letters (u, t, i, n) and Cyrillic letters (\u0420)", ["Putin, all Latin"]),
        ("Kремль", "Cyrillic letters (р, е, м, л, ь) and Latin letters (K)", ["\u041aремль, all Cyrillic"]),
        ("Украiна", "Cyrillic letters", ["Укра\u0456на, all Cyrillic"]),
        ("Украïна", "(ï)", ["Укра\u0457на, all Cyrillic"]),
        ("Украi\u0308на", "(ï)", ["Укра\u0457на, all Cyrillic"]),
        ("Путiн2024", "(i)", ["Пут\u0456н2024, all Cyrillic"]),
        ("\u0405amsung", "(\u0405)", ["Samsung, all Latin"]),
        ("\u039dATO", "Greek letters (\u039d)", ["NATO, all Latin"]),
        ("Aθήνα", "Greek letters (θ, ή, ν, α)", ["\u0391θήνα, all Greek"]),
        ("\u039f\u0420EC", "Greek letters (\u039f)", ["OPEC, all Latin", "\u041e\u0420\u0415\u0421, all Cyrillic"]),
        ("\u039f\u0420DC", "Greek letters (\u039f)", ["OPDC, all Latin"]),
        ("IB\u041c\u0430", "Cyrillic letters (\u041c, \u0430)", ["IBMa, all Latin", "\u0406\u0412\u041c\u0430, all Cyrillic"]),
        ("I\u0430", "Latin letters (I)", ["Ia, all Latin", "\u0406\u0430, all Cyrillic"]),
        ("Administr\u0430tion", "Latin letters (A, d, m, i, n, s ...)", ["Administration, all Latin"]),
    ],
)  # fmt: skip
def test_a_mixture(word: str, mixes: str, meant: list[str]) -> None:
    ((part, message),) = doubts(word)
    assert part == word
    assert message.startswith(f"{unicodedata.normalize('NFC', word)} mixes ")
    assert mixes in message
    assert message.partition("hardly any text does: write ")[2] == ", or ".join(meant)


@pytest.mark.parametrize(
    "query",
    [
        "Kyiv", "Київ", "Αθήνα", "COVID-19", "COVIDу", "IBMа", "ТVшный", "5G", "µm", "μm", "Θ-wave", "Х-ray", "TNFα", "IFNγ", "κB", "kΩ", "MΩ",
        "ΔT", "Т34", "Т-34", "С-300", "2К22", "SMSка", "IT-сектор", "YouTube-канал", "Яndex", "東京Tokyo", "ソニーXperia",
        "カタカナABC", "Ａｐｐｌｅ", "Beyoncé", "naïve", "Ελλάδα2024", "ქართული", "СССР", '="Київ Kyiv"', "Київ OR Kyiv",
        "snake_слово", "Dvořák", "הארץTV", "/Ky\u0456v/", "tag:Ky\u0456v kyiv", "ΑΧΩ", "α2β1", "д'Artagnan",
    ],
)  # fmt: skip
def test_no_mixture(query: str) -> None:
    assert doubts(query) == []


def test_each_at_its_place() -> None:
    query = f'title:(lviv OR "in {KYIV} today") -{OPEC}* ~{KYIV}'
    assert [part for part, _ in doubts(query)] == [KYIV, OPEC, KYIV]


def test_in_keywords() -> None:
    keyword = f" in {KYIV}"
    (doubt,) = mixed_scripts(term_of_keyword(keyword), keyword)
    assert (doubt.offset, doubt.length) == (4, 4)


def test_letters_that_look_alike_are_of_their_scripts() -> None:
    for script, alike in module._LOOK_ALIKE.items():
        assert {script_of(letter) for letter in alike.values()} == {script}
        assert {script_of(other) for other in alike if other not in ("-", *alike.values())} == {*module._CALLED} - {
            script
        }
        assert all(
            other == "-" or other.isupper() == letter.isupper() or other == "\u04cf" for other, letter in alike.items()
        )
