from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text import stems as module
from worker.text.stems import has_stemmer, stem, stems
from worker.text.tokens import fold


@pytest.mark.parametrize(
    ("language", "inflections"),
    [
        ("en", "invade invaded Invading INVADES"),
        ("en-gb", "protest protests protested"),
        ("ru", "война войны войной Войну"),
        ("de", "Wahl Wahlen"),
        ("fr", "élection élections ÉLECTIONS"),
        ("es", "sanción sanciones"),
        ("it", "guerra guerre"),
        ("pt-br", "soldado soldados"),
        ("nl", "aanval aanvallen"),
        ("sv", "regering regeringen regeringens"),
        ("da", "krig krigen krige"),
        ("nb", "krig krigen"),
        ("nn", "krig krigen"),
        ("no", "krig krigen"),
        ("fi", "sota sotaa"),
        ("pl", "wojna wojny wojną"),
        ("cs", "válka války válku"),
        ("hu", "háború háborút"),
        ("ro", "războiul războiului"),
        ("tr", "seçimler SEÇİMLER SEÇİMLERİ"),
        ("el", "πόλεμος πόλεμο ΠΟΛΕΜΟΣ"),
        ("ar", "حرب الحرب"),
        ("hi", "युद्ध युद्धों"),
        ("sr", "рат рата rat rata"),
    ],
)
def test_inflections_have_one_stem(language: str, inflections: str) -> None:
    assert len(set(stems(inflections.split(), language))) == 1


def test_stems_are_folded() -> None:
    assert stem("Élections", "fr") == "elect"
    assert stem("войнами", "ru") == fold(stem("ВОЙНАМИ", "ru"))
    assert stem("Παναθηναϊκός", "el") == "παναθηναικ"


@pytest.mark.parametrize("language", [None, "uk", "zh", "xx", "uk-ua", ""])
def test_without_a_stemmer_the_word_itself(language: str | None) -> None:
    assert not has_stemmer(language)
    assert stem("Вторгнення", language) == "вторгнення"
    assert stems(["Élan", "VITAL"], language) == ["elan", "vital"]


def test_with_a_stemmer() -> None:
    assert has_stemmer("en")
    assert has_stemmer("pt-br")


def test_turkish_i_with_and_without_a_dot() -> None:
    assert stem("ISPARTA", "tr") == stem("ısparta", "tr")
    assert stem("İstanbul", "tr") == stem("istanbul", "tr")


def test_no_stem_is_empty() -> None:
    assert stem("έως", "el") == "εωσ"


@given(st.text(min_size=1), st.sampled_from(["en", "el", "tr", "ar", "sr", "de"]))
def test_unicode_form_makes_no_difference(word: str, language: str) -> None:
    once = unicodedata.normalize("NFC", word)
    assert stem(once, language) == stem(unicodedata.normalize("NFD", once), language)


def test_memory_of_stems_is_bounded() -> None:
    memory = module._Stems("en")
    memory.limit = 3
    assert [memory[word] for word in ("cats", "dogs", "cows", "hens", "ants")] == ["cat", "dog", "cow", "hen", "ant"]
    assert len(memory) <= 3
    assert memory["a" * 41]
    assert "a" * 41 not in memory


def test_every_algorithm_is_there() -> None:
    for language in module._SNOWBALL:
        assert stem("x", language) == "x"
