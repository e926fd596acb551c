"""What an index can tell of inflections, held against the stemmers themselves."""

from __future__ import annotations

import pytest

from worker.text import stems
from worker.text.stems import stem
from worker.text.tokens import fold
from worker.watchlists.inflections import CUT, UNTOLD, need_of_inflections
from worker.watchlists.needs import AnyOf, Holds, Speaks

INFLECTED = {
    "en": "invade invades invaded invading invader; happy happier happiness; die dying; sky skies; generous generously",
    "de": "haus häuser hauses; Feuer feuern feuerte; Flüchtling Flüchtlinge Fluechtlinge; Äpfel Aepfel; regieren regierte",
    "fr": "publication publier publiques; précédemment précédent; chevaux cheval; heureuse heureux; différence différent",
    "es": "guerra guerras; atacando atacar atacaron; nación naciones; rápidamente rápido",
    "it": "guerra guerre; attaccato attaccare attaccano; città; velocemente veloce",
    "pt": "guerra guerras; nação nações; invadiu invadir invadindo; rapidamente",
    "ru": "война войны войной войну; тёмный темного; заключённых заключенный; украинский украинских",
    "sv": "krig kriget krigen krigens; flykting flyktingar flyktingarna",
    "tr": "kitap kitabı kitaplar; ağaç ağacı; savaş savaşın savaşlar",
    "hu": "ház házak házban; kutya kutyák kutyát; háború háborús háborúban",
    "el": "πόλεμος πολέμου πόλεμοι; γεγονός γεγονότα γεγονότος",
    "nl": "oorlog oorlogen; gewond gewonde", "fi": "sota sodan sodassa", "ar": "حرب الحرب وحرب", "yi": "ײדיש יידיש",
    "cs": "válka války válkou válce", "pl": "wojna wojny wojnę najnowszy nowszy", "eo": "milito militoj; Luksemburgo Luxemburgo",
    "et": "sõda sõja sõjas", "fa": "جنگ جنگ‌ها جنگها", "id": "serang menyerang diserang", "ga": "cogadh chogadh gcogadh", "sr": "rat рат ратови", "ta": "போர் போரில்",
}  # fmt: skip


def holds(need: AnyOf, word: str, language: str) -> bool:
    folded = fold(word)
    return any(
        part.language == language
        if isinstance(part, Speaks)
        else folded.startswith(part.words[0])
        if part.goes_on
        else folded == part.words[0]
        for part in need.parts  # type: ignore[union-attr]
    )


@pytest.mark.parametrize("language", INFLECTED)
def test_what_has_the_same_stem_holds_the_need(language: str) -> None:
    same = 0
    for family in INFLECTED[language].split(";"):
        words = [*family.split(), *(word.upper() for word in family.split())]
        for asked in words:
            need = need_of_inflections(asked, None)
            assert isinstance(need, AnyOf), asked
            for word in words:
                if stem(word, language) == stem(asked, language):
                    same += word != asked
                    assert holds(need, word, language), (asked, word)
    assert same


def test_every_language_with_a_stemmer_is_dealt_with() -> None:
    assert {*CUT, *UNTOLD} == {*stems._SNOWBALL}


def test_a_beginning_is_asked_for_once_and_whole_languages_where_it_says_nothing() -> None:
    need = need_of_inflections("Invaded", "title")
    assert isinstance(need, AnyOf)
    assert [part for part in need.parts if isinstance(part, Speaks)] == [
        Speaks(language) for language in UNTOLD if language not in ("ar", "fa", "ta", "yi")
    ]
    begins = [part for part in need.parts if isinstance(part, Holds)]
    assert Holds(("inva",), "title", goes_on=True) in begins
    assert begins[0] == Holds(("invaded",), "title")
    assert len(begins) == len(set(begins))
    short = need_of_inflections("die", None)
    assert isinstance(short, AnyOf)
    assert Speaks("en") in short.parts


def test_scripts_that_no_stemmer_knows_stand_for_themselves() -> None:
    assert need_of_inflections("乌", None) == Holds(("乌",))
    assert need_of_inflections("2022", None) == Holds(("2022",))


def test_a_beginning_with_many_spellings_is_cut() -> None:
    need = need_of_inflections("aoaoaoaoaoaok", None)
    assert isinstance(need, AnyOf)
    assert 16 < len(need.parts) < 60
    assert holds(need, "aoaoaoaoaoaok", "de")
