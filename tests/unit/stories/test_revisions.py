from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.stories.revisions import Piece, changes, corrects, shown

WORDS = st.lists(st.sampled_from(["one", "two", "three.", "four"]), max_size=12).map(" ".join)


def of_text(old: str, new: str) -> tuple[Piece, ...]:
    found = changes("Title", old, "Title", new)
    assert found.title == (Piece("same", "Title", "Title"),)
    return found.text


@pytest.mark.parametrize(
    ("old", "new", "pieces"),
    [
        ("", "", ()),
        ("Snow  fell.", "Snow fell.\n", (Piece("same", "Snow fell.", "Snow fell."),)),
        ("", "Snow fell.", (Piece("added", "", "Snow fell."),)),
        ("Snow fell.", "", (Piece("removed", "Snow fell.", ""),)),
        (
            "Three were hurt in Kyiv.",
            "Four were hurt in Kyiv today.",
            (
                Piece("replaced", "Three", "Four"),
                Piece("same", "were hurt in", "were hurt in"),
                Piece("replaced", "Kyiv.", "Kyiv today."),
            ),
        ),
        ("a b c", "a c", (Piece("same", "a", "a"), Piece("removed", "b", ""), Piece("same", "c", "c"))),
        ("a c", "a b c", (Piece("same", "a", "a"), Piece("added", "", "b"), Piece("same", "c", "c"))),
    ],
)
def test_changes_are_told_word_by_word(old: str, new: str, pieces: tuple[Piece, ...]) -> None:
    assert of_text(old, new) == pieces


def test_title_and_text_are_told_apart() -> None:
    found = changes("Snow in Kyiv", "It fell.", "Snow in Lviv", "It fell.")
    assert found.title[-1] == Piece("replaced", "Kyiv", "Lviv")
    assert found.text == (Piece("same", "It fell.", "It fell."),)
    assert found
    assert not changes("Snow", "It fell.", "Snow", "It  fell.")
    assert changes("Snow", "It fell.", "Snow", "It melted.")


@given(WORDS, WORDS)
def test_old_and_new_are_in_the_pieces(old: str, new: str) -> None:
    found = of_text(old, new)
    assert " ".join(filter(None, (piece.old for piece in found))) == old
    assert " ".join(filter(None, (piece.new for piece in found))) == new
    assert all((piece.kind == "same") == (piece.old == piece.new) for piece in found)
    assert all(one.kind != "same" or other.kind != "same" for one, other in pairwise(found))


def sentences(count: int, length: int = 10) -> list[str]:
    drawn = random.Random(7)
    return [" ".join(f"w{drawn.randrange(500)}" for _ in range(length)) + "." for _ in range(count)]


@pytest.mark.parametrize("count", [30, 300, 3_000])
def test_of_long_texts_a_changed_sentence_is_found(count: int) -> None:
    old = sentences(count)
    new = [*old]
    new[count // 2] = new[count // 2].replace(" ", " NEW ", 1)
    found = of_text(" ".join(old), " ".join(new))
    assert sum(piece.kind == "same" for piece in found) == 2
    (changed,) = (piece for piece in found if piece.kind != "same")
    assert (changed.kind, changed.new.count("NEW")) == ("added" if count < 3_000 else "replaced", 1)
    assert len(changed.new.split()) <= 11


def test_what_is_long_and_wholly_other_is_replaced() -> None:
    old = " ".join(sentences(200, 100))
    new = old.upper()
    assert of_text(old, new) == (Piece("replaced", old, new),)
    without_ends = old.replace(".", "")
    found = of_text(without_ends, f"NEW {without_ends} END")
    assert [piece.kind for piece in found] == ["replaced"]
    found = of_text(without_ends, f"{without_ends} END")
    assert [piece.kind for piece in found] == ["same", "added"]


def test_what_repeats_itself_is_compared_too() -> None:
    found = of_text("a " * 100_000, "a " * 100_000 + "b")
    assert [piece.kind for piece in found] == ["same", "added"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("Snow fell.", "Snow fell.", ""),
        ("", "", ""),
        ("Three hurt", "Four hurt", "[-Three-] {+Four+} hurt"),
        ("a b c", "a c", "a [-b-] c"),
        ("a c", "a b c", "a {+b+} c"),
        (
            "1 2 3 4 5 6 x 1 2 3 4 5 6 7 8 y 1 2 3 4 5 6",
            "1 2 3 4 5 6 X 1 2 3 4 5 6 7 8 Y 1 2 3 4 5 6",
            "… 5 6 [-x-] {+X+} 1 2 … 7 8 [-y-] {+Y+} 1 2 …",
        ),
        (
            "1 2 3 4 5 x 1 2 3 4 5 6 7 y 1 2 3 4 5",
            "1 2 3 4 5 X 1 2 3 4 5 6 7 Y 1 2 3 4 5",
            "1 2 3 4 5 [-x-] {+X+} 1 2 3 4 5 6 7 [-y-] {+Y+} 1 2 3 4 5",
        ),
        ("四艘军舰抵达", "五艘军舰抵达", "[-四-]{+五+}艘军舰抵达"),
        ("乌克兰首都基辅四艘", "乌克兰首都基辅五艘", "…基辅[-四-]{+五+}艘"),
        ("AP通信は四艘と報じた", "AP通信は五艘と報じた", "AP通信は[-四-]{+五+}艘と報じた"),
        ("死者12人、負傷", "死者17人、負傷", "死者[-12-] {+17+}人、負傷"),
        ("中文 abc x", "中文 abc y", "中文abc [-x-] {+y+}"),
        ("น้ำท่วม", "น้ำแล้ง", "น้ำ[-ท่วม-]{+แล้ง+}"),
        ("ที่นี่ดี", "ที่นี้ดี", "ที่[-นี่-]{+นี้+}ดี"),
    ],
)
def test_changes_are_shown_in_one_line(old: str, new: str, line: str) -> None:
    assert shown(of_text(old, new), around=2) == line


def test_nothing_around_is_shown_where_none_is_wanted() -> None:
    assert shown(of_text("a b c d x e f g h y a b c d", "a b c d X e f g h Y a b c d"), around=0) == (
        "… [-x-] {+X+} … [-y-] {+Y+} …"
    )


def test_a_headline_is_shown_to_its_end() -> None:
    old = "Four hurt in the east as troops mass at the border"
    assert shown(of_text(old, old.replace("Four", "Five"))) == "[-Four-] {+Five+} hurt in the east as troops …"
    old = "Four hurt as troops mass at the eastern border"
    assert shown(of_text(old, old.replace("Four", "Five"))).endswith("mass at the eastern border")


@pytest.mark.parametrize("end", ["。", "！", "။", " ก "])
def test_of_long_texts_without_spaces_changed_sentences_are_found(end: str) -> None:
    drawn = random.Random(7)
    letters = "กขคงจฉชซฌญ" if "ก" in end else "一二三四五六七八九十"
    old = ["".join(drawn.choices(letters, k=30)) + end for _ in range(60)]
    new = [*old]
    for place in (10, 50):
        new[place] = "X" + new[place]
    found = of_text("".join(old), "".join(new))
    assert [piece.new for piece in found if piece.kind != "same"] == ["X", "X"]


def test_lines_without_ends_take_no_square_of_time() -> None:
    old = "a\n" * 50_000 + "." * 50_000 + "b"
    began = time.process_time()
    of_text(old, old + "c")
    assert time.process_time() - began < 2


SAID = "Ministers met for talks on Saturday. They will meet again in a week."
GESAGT = "Die Minister trafen sich am Samstag. Sie sehen sich in einer Woche wieder."
DIT = "Les ministres se sont réunis samedi. Ils se reverront dans une semaine."
DICHO = "Los ministros se reunieron el sábado. Volverán a verse en una semana."
SKAZANO = "Министры встретились в субботу. Они встретятся снова через неделю."
MOVLENO = "Міністри зустрілися в суботу. Вони зустрінуться знову за тиждень."
SHUO = "部长们星期六会晤。他们一周后再次会晤。"
IU = "閣僚らは土曜日に会談した。一週間後に再び会談する。"
RETOUCHED = [
    (SAID, SAID),
    (f"3 minutes ago\n{SAID}", f"4 minutes ago\n{SAID}"),
    (f"{SAID}\n3 mins ago", f"{SAID}\n1 hour ago"),
    (f"Just now | {SAID}", f"3 minutes ago | {SAID}"),
    (f"3 days ago\n{SAID}", f"4 days ago\n{SAID}"),
    (f"Updated 3 minutes ago\n{SAID}", f"Updated 2 days ago\n{SAID}"),
    (f"{SAID}\n17 comments", f"{SAID}\n18 comments"),
    (f"{SAID} 17 comments", f"{SAID} 18 comments"),
    (f"{SAID}\nComments (17)", f"{SAID}\nComments (18)"),
    (f"{SAID}\n1.2K views · 300 shares", f"{SAID}\n1.4K views · 301 shares"),
    (f"17 comments, 3 likes\n{SAID}", f"18 comments, 5 likes\n{SAID}"),
    (f"Updated: 12-02-2022 22:31 IST\n{SAID}", f"Updated: 12-02-2022 22:32 IST\n{SAID}"),
    (f"{SAID}\nUpdated: 12-02-2022 22:31 IST | Created: 12-02-2022 22:30 IST", SAID),
    (f"{SAID} Updated: 12-02-2022 22:31 IST {SAID}", f"{SAID} Updated: 12-02-2022 22:32 IST {SAID}"),
    (SAID, f"{SAID}\nLast updated on Saturday, Feb 12, 2022 at 10:31 p.m. EST"),
    (SAID, f"12 February 2022, 22:31 GMT\n{SAID}"),
    (f"LIVE 22:31\n{SAID}", f"LIVE 22:45\n{SAID}"),
    (f"22:31 GMT\n{SAID}", f"22:45 GMT\n{SAID}"),
    (SAID, f"{SAID} (ANI)"),
    (SAID, f"{SAID}\nRead more"),
    (SAID, f"{SAID}\nSource: Reuters"),
    (SAID, f"Reuters\n{SAID}"),
    (SAID, f"KYIV, Feb 12 (Reuters) - {SAID}"),
    (SAID, SAID.upper().replace(".", "!")),
    (f"{SAID}\n3 min read", f"{SAID}\n4 min read"),
    (f"vor 3 Minuten\n{GESAGT}", f"vor 2 Stunden\n{GESAGT}"),
    (f"{GESAGT}\n17 Kommentare", f"{GESAGT}\n18 Kommentare"),
    (GESAGT, f"Stand: 12.02.2022, 22:31 Uhr\n{GESAGT}"),
    (GESAGT, f"{GESAGT} (dpa)"),
    (f"Il y a 3 minutes\n{DIT}", f"Il y a 4 heures\n{DIT}"),
    (f"{DIT}\n17 commentaires | 2 partages", f"{DIT}\n18 commentaires | 3 partages"),
    (DIT, f"Mis à jour le 12 février 2022 à 22h31\n{DIT}"),
    (f"Hace 3 minutos\n{DICHO}", f"Hace 4 minutos\n{DICHO}"),
    (f"{DICHO}\n17 comentarios", f"{DICHO}\n18 comentarios"),
    (DICHO, f"Actualizado: 12 de febrero de 2022 22:31\n{DICHO}"),
    (f"3 минуты назад\n{SKAZANO}", f"5 минут назад\n{SKAZANO}"),
    (f"{SKAZANO}\n1,2 тыс. просмотров", f"{SKAZANO}\n1,3 тыс. просмотров"),
    (SKAZANO, f"{SKAZANO}\nОбновлено: 12 февраля 2022 г., 22:31 мск"),
    (f"{MOVLENO}\n3 хвилини тому", f"{MOVLENO}\n5 хвилин тому"),
    (f"{MOVLENO}\n17 коментарів", f"{MOVLENO}\n21 коментар"),
    (MOVLENO, f"Оновлено: 22:31, 12.02.2022\n{MOVLENO}"),
    (f"3分钟前\n{SHUO}", f"4小时前\n{SHUO}"),
    (f"{SHUO}\n17条评论", f"{SHUO}\n18条评论"),
    (SHUO, f"{SHUO}\n发布时间：2022年2月12日 22:31"),
    (f"3分前\n{IU}", f"2時間前\n{IU}"),
    (IU, f"最終更新：2022年2月12日 22時31分\n{IU}"),
    ("قبل 3 دقائق\nاجتمع الوزراء يوم السبت.", "قبل 5 دقائق\nاجتمع الوزراء يوم السبت."),
]
CORRECTED = [
    (f"{SAID} The toll is 12.", f"{SAID} The toll is 17."),
    (f"Updated: 12-02-2022 22:31 IST. 12 died. {SAID}", f"Updated: 12-02-2022 22:31 IST. 17 died. {SAID}"),
    (f"Update: 12 dead\n{SAID}", f"Update: 17 dead\n{SAID}"),
    (f"He resigned 3 days ago. {SAID}", f"He resigned 4 days ago. {SAID}"),
    (f"She made 17 comments on it. {SAID}", f"She made 18 comments on it. {SAID}"),
    (f"They begin at 22:31. {SAID}", f"They begin at 22:45. {SAID}"),
    (f"{SAID}\n12 dead", f"{SAID}\n17 dead"),
    (f"In 2021\n{SAID}", f"In 2022\n{SAID}"),
    (f"{SAID}\nYear\n2021\nDollar\n12.50\nEuro\n14.10", f"{SAID}\nYear\n2022\nDollar\n12.50\nEuro\n14.10"),
    (f"{SAID}\nDollar\n12.50\nEuro\n14.10", f"{SAID}\nDollar\n12.55\nEuro\n14.10"),
    (SAID, f"{SAID} No one was hurt."),
    (SAID, SAID.replace("Saturday", "Sunday")),
    (SAID, ""),
    ("word " * 5_000 + "end", "word " * 5_000 + "other"),
    (GESAGT, GESAGT.replace("Samstag", "Sonntag")),
    (f"12 Tote. {GESAGT}", f"17 Tote. {GESAGT}"),
    (DIT, DIT.replace("samedi", "dimanche")),
    (f"Le bilan est de 12 morts. {DIT}", f"Le bilan est de 17 morts. {DIT}"),
    (DICHO, DICHO.replace("sábado", "domingo")),
    (f"Погибли 12 человек. {SKAZANO}", f"Погибли 17 человек. {SKAZANO}"),
    (f"Загинули 12 людей. {MOVLENO}", f"Загинули 17 людей. {MOVLENO}"),
    (f"四艘军舰。{SHUO}", f"五艘军舰。{SHUO}"),
    (f"死者は12人。{IU}", f"死者は17人。{IU}"),
]


@pytest.mark.parametrize(("old", "new"), RETOUCHED)
def test_a_retouch_is_no_correction(old: str, new: str) -> None:
    assert not corrects("Ministers meet", old, "Ministers meet", new)
    assert not corrects("Ministers meet", new, "Ministers meet", old)


@pytest.mark.parametrize(("old", "new"), CORRECTED)
def test_a_correction_tells_something_else(old: str, new: str) -> None:
    assert corrects("Ministers meet", old, "Ministers meet", new)
    assert corrects("Ministers meet", new, "Ministers meet", old)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Toll rises to 12", "Toll rises to 17", True),
        ("Toll rises to 12", "TOLL RISES TO 12!", False),
        ("UPDATE 1-Toll rises to 12", "UPDATE 2-Toll rises to 12", False),
        ("Toll rises (3 minutes ago)", "Toll rises (4 minutes ago)", False),
        ("Toll rises [17 comments]", "Toll rises [18 comments]", False),
        ("Число жертв выросло до 12", "Число жертв выросло до 17", True),
        ("四艘军舰", "五艘军舰", True),
    ],
)
def test_a_headline_corrects_too(old: str, new: str, told: bool) -> None:
    assert corrects(old, SAID, new, SAID) is told


@pytest.mark.parametrize(
    "bit", ["1 ", "3 minutes ", "17 comments ", "Updated: 1 ", "12-02-2022 ", "(", ".", "\n", "a", "1,"]
)
def test_no_text_takes_long_to_judge(bit: str) -> None:
    hostile = bit * (100_000 // len(bit))
    began = time.process_time()
    corrects(hostile, hostile, hostile, hostile)
    assert time.process_time() - began < 5
