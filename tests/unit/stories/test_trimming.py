"""What outlets put around a text is trimmed; the text itself never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.stories.dispatches import CHINESE, LANGUAGES, PARAGRAPHS, UKRAINIAN

from worker.stories.trimming import trimmed
from worker.text.tokens import words_of

BODY = PARAGRAPHS[2]

HEADS = [
    "LONDON, March 3 (Reuters) - ",
    "LONDON (AP) -- ",
    "SAN FRANCISCO, Oct. 14 — ",
    "New Delhi [India], February 12 (ANI): ",
    "Berlin (dpa) - ",
    "PARIS, 3 mars (AFP) – ",
    "Madrid, 3 mar (EFE).- ",
    "Reuters - ",
    "САНКТ-ПЕТЕРБУРГ, 25 мая. /ТАСС/. ",
    "МОСКВА, 3 мар — РИА Новости. ",
    "Київ. УНН. ",
    "3 березня. УКРІНФОРМ. ",
    "لندن (رويترز) - ",
    "Photo: Jan Novak / Agency\n",
    "(Image Credit: ANI)\n",
    "© Jan Novak\n",
    "By Jane Miller\n",
    "Von Anna Keller\n",
    "Updated: 12-02-2022 22:31 IST | Created: 12-02-2022 22:30 IST\n",
    "News Desk | New Delhi | Updated: 12-02-2022 22:31 IST\n",
    "Обновлено: 3 марта 2022, 10:15\n",
    "Опубліковано 3 березня 2022\n",
    "Stand: 03.03.2022 10:15 Uhr\n",
    "Publié le 3 mars 2022\n",
    "Photo: Jan Novak\nBy Jane Miller\nUpdated: May 3, 2022\nLONDON, March 3 (Reuters) - ",
]
TAILS = [
    " (ANI)",
    " [Reuters]",
    "\n(Reporting by J. Smith in London; Editing by Ann Bell)",
    "\nReporting by Jane Smith and Ravi Menon; writing by Ann Bell",
    " Additional reporting by Jane Smith.",
    "... Continue reading",
    "… Continue reading Dam gives way →",
    "... Read more",
    "\nRead more: https://news.example/1",
    "\nThe post What next? No answer appeared first on The Herald.",
    " [...] The post Dam gives way first appeared on The Herald.",
    "\nThis article was originally published by The Herald.",
    "\nDer Beitrag Der Damm bricht erschien zuerst auf Herold.",
    "\nCet article Le barrage est apparu en premier sur Le Journal.",
    "\nLa entrada La presa se publicó primero en El Diario.",
    "\nСообщение Плотина появились сначала на Вестник.",
    "\nДопис Дамба з’явився спочатку на Вісник.",
    "\nЧитайте также: Паводок пошёл на спад",
    " Подробнее",
    "\nЧитайте також: повінь відступає",
    "\nDetails folgen. Weiterlesen",
    "\nLire la suite",
    "\nSeguir leyendo",
    "\nSign up for our newsletter. You can opt out at any time.",
    "\nПодписывайтесь на наш канал",
    "\nПідписуйтесь на наш канал",
    "\nAbonnez-vous à notre lettre",
    "\nSuscríbete a nuestro boletín",
    "\nPhoto: Jan Novak",
    "\nImage credit: Jan Novak",
    "\n© 2022 The Herald. All rights reserved.",
    "\nAll rights reserved",
    "\nLast updated: 12 February 2022, 22:31 GMT",
    "\n(This story has not been edited by our staff and is auto-generated from a syndicated feed.)",
    "\n(With inputs from agencies)",
    " -- Reuters",
    " — The Herald",
    "\nReuters",
    "\nSubscribe to our channel\nFollow us on social media\nPhoto: Jan Novak (ANI)",
]
WHOLE = [
    BODY,
    "Read more books, the minister said (in Brno) to pupils, and then he left the school by its main gate.",
    "The minister said on Monday - in Brno - that pupils read too little and that he would pay for 300 books.",
    "Officials (of the city) said: we have updated 12 lists.",
    "It is reported by two witnesses that the post was late) and nobody came",
    "Updated lists of all 12 schools\nThe city sent them to every household in the valley on Monday",
    "He pointed to the north-east",
    "Photo: Jan Novak",
    "(ANI)",
    "",
]


def rest(text: str) -> str:
    body = trimmed(text, words_of(text))
    words = words_of(text)[body.first : body.last]
    assert words_of(text[body.start : body.end]) == words
    return " ".join(words)


@pytest.mark.parametrize("head", HEADS)
def test_heads(head: str) -> None:
    assert rest(head + BODY) == rest(BODY)


@pytest.mark.parametrize("tail", [tail for tail in TAILS if "Details" not in tail])
def test_tails(tail: str) -> None:
    assert rest(BODY + tail) == rest(BODY)


@pytest.mark.parametrize("tail", TAILS[:6])
def test_only_the_end_of_a_long_text_is_looked_at(tail: str) -> None:
    assert rest("\n".join(PARAGRAPHS) + tail) == rest("\n".join(PARAGRAPHS))


def test_what_stands_before_a_tail_stays() -> None:
    assert rest(BODY + "\nDetails folgen. Weiterlesen") == rest(BODY) + " details folgen"


@pytest.mark.parametrize("text", WHOLE)
def test_the_text_itself_stays(text: str) -> None:
    assert rest(text) == " ".join(words_of(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_dispatch_is_trimmed(language: str) -> None:
    _title, text = LANGUAGES[language]
    assert rest(text) == " ".join(words_of(text))


@pytest.mark.parametrize(
    "head",
    ["新华社北京3月3日电 ", "新华社北京3月3日电（记者王芳）", "【北京】", "[東京 3日 ロイター] - ", "（中新社）"],
)
def test_heads_without_spaces(head: str) -> None:
    assert rest(head + CHINESE[1]) == rest(CHINESE[1])


def test_a_few_things_are_trimmed_at_each_end() -> None:
    text = "Photo: A\n" * 8 + UKRAINIAN[1] + "\nPhoto: A" * 8
    assert rest(text).count("photo") == 4


@given(st.text(alphabet="Read more.\n()/ReutersПодробнее -—:3…【】", max_size=700))
def test_any_text_keeps_a_body(text: str) -> None:
    words = words_of(text)
    body = trimmed(text, words)
    assert 0 <= body.first <= body.last <= len(words)
    assert 0 <= body.start <= body.end <= len(text)
    assert (body.first < body.last) is bool(words)
