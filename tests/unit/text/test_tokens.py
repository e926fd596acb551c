from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text import tokens as module
from worker.text.tokens import fold, tokenize, words_of

PIECES = st.sampled_from([
    "Ukraine", "Київ", "об", "єкт", "’", "'", "s", "'s", "’S", "`", "´", " ", "-", "_", "\xad", "\u200b", "\u0301", "é",
    "й", "\u0306", "乌", "ガ", "ｶ", "ﾞ", "ประ", "😀", "\ufe0f", "(", "“", "—", "…", "\xa0", "\n", "3.5", "ß", "İ", "नी",
])  # fmt: skip
TEXTS = st.text() | st.lists(PIECES).map("".join)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("Ukraine's", ["ukraine"]),
        ("UKRAINE’S army", ["ukraine", "army"]),
        ("Україна’s", ["україна"]),
        ("a's's b", ["a", "s", "b"]),
        ("a's_ b'S\u0301 c’s\u200b d's乌", ["a", "s", "b", "s", "c", "d", "乌"]),
        ("'s-Hertogenbosch", ["s", "hertogenbosch"]),
        ("L'Ukraine, qu’elle, dell`Ucraina", ["l", "ukraine", "qu", "elle", "dell", "ucraina"]),
        ("Ukraine-based", ["ukraine", "based"]),
        ("об’єкт об'єкт обʼєкт об´єкт об`єкт об＇єкт обʻєкт", ["об'єкт"] * 7),
        ("’об’єкти’", ["об'єкти"]),
        ("й и", ["й", "и"]),
        ("Łódź Straße İstanbul Čapek ſmart Ærø", ["lodz", "strasse", "istanbul", "capek", "smart", "aero"]),
        ("Αθήνα ΑΘΗΝΑ ΆΘΗΝΑ τέλος ΤΈΛΟΣ", ["αθηνα"] * 3 + ["τελοσ"] * 2),
        ("ＮＡＴＯ ﬁre", ["nato", "fire"]),
        ("Ukra\xadine zero\u200bwidth می\u200cخواهم", ["ukraine", "zerowidth", "میخواهم"]),
        ("यूक्रेन में", ["यूक्रेन", "में"]),
        ("أُوكْرَانِيَا", ["أُوكْرَانِيَا"]),
        ("乌克兰 ウクライナ", [*"乌克兰ウクライナ"]),
        ("ウラジーミル・プーチン", [*"ウラジーミルプーチン"]),
        ("ｶﾞ か\u3099 ガ", ["ガ", "が", "ガ"]),
        ("葛\U000e0100飾", ["葛", "飾"]),
        ("ဦ ဥ\u102e", ["ဦ", "ဦ"]),
        ("ยูเครน", [*"ยูเครน"]),
        ("우크라이나 전쟁", ["우크라이나", "전쟁"]),
        ("❤️ 😀 1️⃣ 🇺🇦 👨‍👩‍👧 € § №", ["1"]),
        ("snake_case 3.5 2022", ["snake", "case", "3", "5", "2022"]),
        ("𝐍𝐀𝐓𝐎 𠀀𠀁", ["nato", "𠀀", "𠀁"]),
        ("“Kyiv”—Lviv…", ["kyiv", "lviv"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(tokenize(text).words) == words
    assert words_of(text) == words


def test_places_count_characters_of_the_text_as_given() -> None:
    text = "  Ukraine's “Straße” й — 乌克"
    tokens = tokenize(text)
    assert [text[s:e] for s, e in zip(tokens.starts, tokens.ends, strict=True)] == [
        "Ukraine",
        "Straße",
        "й",
        "乌",
        "克",
    ]
    assert [(s, e) for s, e in zip(tokens.starts, tokens.ends, strict=True)][:2] == [(2, 9), (13, 19)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("KYIV`s", "kyiv's"),
        ("Volodymyr’s Café", "volodymyr's cafe"),
        ("Зеленський Ёлка", "зеленський ёлка"),
        ("e\u0301 и\u0306", "e й"),
        ("ı đ ø", "i d o"),
        ("a\xadb", "ab"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS)
def test_both_ways_find_the_same_words(text: str) -> None:
    tokens = tokenize(text)
    assert list(tokens.words) == words_of(text)
    assert len(tokens.words) == len(tokens.starts) == len(tokens.ends)


@given(TEXTS)
def test_words_stand_where_they_say(text: str) -> None:
    tokens = tokenize(text)
    end = 0
    for word, start, stop in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert end <= start < stop <= len(text)
        assert word
        assert word == fold(text[start:stop])
        end = stop


@given(TEXTS)
def test_unicode_form_makes_no_difference(text: str) -> None:
    once = unicodedata.normalize("NFC", text)
    assert words_of(once) == words_of(unicodedata.normalize("NFD", once))


def test_its_patterns_are_made_at_first_use_and_once() -> None:
    module._anything.cache_clear()
    assert words_of("Київ’s 乌") == ["київ", "乌"]
    assert module._anything() is module._anything()


@pytest.mark.unmeasured
def test_no_character_makes_an_empty_word() -> None:
    assert all(words_of(" ".join(map(chr, range(sys.maxunicode + 1)))))


def test_memory_of_folded_words_is_bounded() -> None:
    memory = module._Folded()
    memory.limit = 3
    assert [memory[f"É{n}"] for n in range(5)] == [f"e{n}" for n in range(5)]
    assert len(memory) <= 3
    memory["É" * 41]
    assert "É" * 41 not in memory
