from __future__ import annotations

import sys
import unicodedata
from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text import tokens as module
from worker.text.tokens import fold, gaps_of, tokenize, words_and_blanks, words_of

PIECES = st.sampled_from([
    "Ukraine", "Київ", "об", "єкт", "’", "'", "s", "'s", "’S", "`", "´", " ", "-", "_", "\xad", "\u200b", "\u0301", "é",
    "й", "\u0306", "乌", "ガ", "ｶ", "ﾞ", "ประ", "😀", "\ufe0f", "(", "“", "—", "…", "\xa0", "\n", "3.5", "ß", "İ", "नी",
    "\u200d", "🇺", "🇦", "👍", "🏽", "♂", "❤", "1", "\u20e3", "أ", "ا", "\u0654", "\u064e", "\u0640", "ﹰ", "ש", "\u05c1", "о",
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
        ("Ukra\xadine zero\u200bwidth می\u200cخواهم", ["ukraine", "zerowidth", "ميخواهم"]),
        ("यूक्रेन में", ["यूक्रेन", "में"]),
        ("أُوكْرَانِيَا اوكرانيا", ["اوكرانيا"] * 2),
        ("乌克兰 ウクライナ", [*"乌克兰ウクライナ"]),
        ("ウラジーミル・プーチン", [*"ウラジーミルプーチン"]),
        ("ｶﾞ か\u3099 ガ", ["ガ", "が", "ガ"]),
        ("葛\U000e0100飾", ["葛", "飾"]),
        ("ဦ ဥ\u102e", ["ဦ", "ဦ"]),
        ("ยูเครน", [*"ยูเครน"]),
        ("우크라이나 전쟁", ["우크라이나", "전쟁"]),
        ("❤️ 😀 1️⃣ 🇺🇦 👨‍👩‍👧 € § №", ["❤", "😀", "1", "🇺🇦", "👨👩👧"]),
        ("snake_case 3.5 2022", ["snake", "case", "3", "5", "2022"]),
        ("𝐍𝐀𝐓𝐎 𠀀𠀁", ["nato", "𠀀", "𠀁"]),
        ("“Kyiv”—Lviv…", ["kyiv", "lviv"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert list(tokenize(text).words) == words
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Arabic: harakat, tatweel, hamza and madda on alef, forms of presentation, the keyboards' ye and kaf
        ("مُحَمَّد مـحـمـد", ["محمد"] * 2),
        ("أوكرانيا إوكرانيا ٱوكرانيا آوكرانيا", ["اوكرانيا"] * 4),
        ("ا\u064f\u0654مة أُمة", ["امة"] * 2),
        ("مسؤول بئر سوء", ["مسؤول", "بئر", "سوء"]),
        ("هٰذا ٱلْقُرْآنُ", ["هذا", "القران"]),
        ("ﷲ ﻻ ﹰ ـ ﱠ", ["الله", "لا"]),
        ("على علی", ["على", "علي"]),
        ("ایران كيف کیف", ["ايران", "كيف", "كيف"]),
        # Hebrew: niqqud, cantillation, maqaf
        ("שָׁלוֹם שלום", ["שלום"] * 2),
        ("בְּרֵאשִׁ֖ית בָּרָ֣א", ["בראשית", "ברא"]),
        ("תל־אביב", ["תל", "אביב"]),
        # Cyrillic: stress goes, letters stay
        ("Украи́на ї́жак", ["украина", "їжак"]),
        ("й и ё е ў у ѓ г ќ к ї і", ["й", "и", "ё", "е", "ў", "у", "ѓ", "г", "ќ", "к", "ї", "і"]),
        ("п’ять п'ять пʼять п‛ять п′ять п`ять", ["п'ять"] * 6),
        ("м'яч; д’Артаньян", ["м'яч", "д'артаньян"]),
        # Elisions and possessives
        (
            "L’Ukraine d'Ukraine qu'Ukraine aujourd’hui",
            ["l", "ukraine", "d", "ukraine", "qu", "ukraine", "aujourd", "hui"],
        ),
        ("dell'Ucraina all’Ucraina un'altra", ["dell", "ucraina", "all", "ucraina", "un", "altra"]),
        ("Ukraine′s Ukraine's Ukraine’s UKRAINE'S", ["ukraine"] * 4),
        ("Russians' O'Brien", ["russians", "o", "brien"]),
        # Hyphens of all kinds, soft ones, underscores
        (
            "Ukraine‑based Ukraine–Russia e-mail Bosnien-Herzegowina",
            ["ukraine", "based", "ukraine", "russia", "e", "mail", "bosnien", "herzegowina"],
        ),
        ("Sach\xadver\xadstand", ["sachverstand"]),
        # German, Polish, Turkish, Vietnamese, Czech, Romanian, Icelandic
        ("Größe Wałęsa Iğdır Việt Nam", ["grosse", "walesa", "igdir", "viet", "nam"]),
        ("Příliš žluťoučký kůň; Ștefan şi; Þingvellir", ["prilis", "zlutoucky", "kun", "stefan", "si", "þingvellir"]),
        # Greek with and without accents
        ("Οὐκρανία ΟΥΚΡΑΝΊΑ Ουκρανία", ["ουκρανια"] * 3),
        # Scripts without spaces: each character a word
        ("乌克兰总统", [*"乌克兰总统"]),
        ("ウクライナの大統領", [*"ウクライナの大統領"]),
        ("ﾆｭｰｽ ＵＫＲＡＩＮＥ", [*"ニュース", "ukraine"]),
        ("ข่าว", [*"ข่าว"]),
        ("ຢູເຄຣນ", [*"ຢູເຄຣນ"]),
        ("អ៊ុយក្រែន", [*"អ៊ុយក្រែន"]),
        ("ယူကရိန်း", [*"ယူကရိန်း"]),
        # Korean, Hindi, Bengali, Tamil, Armenian, Georgian, Amharic: words between spaces
        ("우크라이나 대통령", ["우크라이나", "대통령"]),
        ("राष्ट्रपति ज़ेलेंस्की", ["राष्ट्रपति", "ज़ेलेंस्की"]),
        ("ইউক্রেনের প্রেসিডেন্ট", ["ইউক্রেনের", "প্রেসিডেন্ট"]),
        ("உக்ரைன் போர்", ["உக்ரைன்", "போர்"]),
        ("Ուկրաինա՝ უკრაინა ዩክሬን", ["ուկրաինա", "უკრაინა", "ዩክሬን"]),
    ],
)
def test_words_of_the_world(text: str, words: list[str]) -> None:
    assert words_of(text) == [unicodedata.normalize("NFC", word) for word in words]
    assert list(tokenize(text).words) == words_of(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("🇺🇦", ["🇺🇦"]),
        ("🇺🇦🇵🇱🇩", ["🇺🇦", "🇵🇱"]),
        ("Ukraine🇺🇦’s", ["ukraine", "🇺🇦"]),
        ("👍 👍🏽 🏽", ["👍", "👍"]),
        ("❤️❤⚡☢️", ["❤", "❤", "⚡", "☢"]),
        ("👨‍👩‍👧‍👦 👩‍🚀 🧑🏽‍⚕️", ["👨👩👧👦", "👩🚀", "🧑⚕"]),
        ("🏳️‍🌈 🙂‍↔️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", ["🏳🌈", "🙂↔", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]),
        ("1️⃣ #️⃣ *️⃣", ["1"]),
        ("© ™ ©️ ‼️ → ➡️ ▪️ ✓ ★ ℹ️", ["i"]),
        ("乌🇺🇦克", ["乌", "🇺🇦", "克"]),
        ("🆘 ✅Done", ["🆘", "✅", "done"]),
    ],
)
def test_an_emoji_is_a_word(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert list(tokenize(text).words) == words


def test_an_emoji_stands_where_all_its_parts_do() -> None:
    tokens = tokenize("a 👩🏽‍🚀️b")
    assert (tokens.starts, tokens.ends) == ((0, 2, 7), (1, 7, 8))


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
        ("Украи́на", "украина"),
        ("ؤ أُ ــ", "ؤ ا "),
        ("👍🏽", "👍"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS)
def test_both_ways_find_the_same_words(text: str) -> None:
    tokens = tokenize(text)
    assert list(tokens.words) == words_of(text)
    assert len(tokens.words) == len(tokens.starts) == len(tokens.ends)


@given(st.text(alphabet="ab1's`’- –") | TEXTS)
def test_gaps_tell_the_places_that_tokens_tell(text: str) -> None:
    tokens, (_, spaced), at = tokenize(text), words_and_blanks(text), 1
    if spaced is None:
        return
    gaps = gaps_of(spaced)
    for word, start, stop in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        last = at + len(word) - 1
        assert (at - 1 + bisect_right(gaps, at), last + bisect_right(gaps, last)) == (start, stop)
        at = last + 2


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
