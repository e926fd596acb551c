"""The place of a dateline: what may be one, and how it is spelt. PURE."""

from __future__ import annotations

import re

_KEPT = frozenset({"DC", "D.C.", "D.C", "EU", "NY", "NYC", "UAE", "UK", "UN", "US", "USA"})
_PARTICLE_WORDS = """
a am an and at auf aux bei by chez d da das de del della den der des di do dos du e el em en et im in l la le les na nad
of on os oder sobre sub sur the u und upon v van von y z ам в де ла на над по под у
"""
_UNLIKELY_WORDS = """
a after an analysis and as at breaking by commentary correction editorial exclusive explainer factbox file friday from
he her his i if in interview it latest live monday more news on opinion photo photos picture pictures posted president
published report review saturday she story sunday text that they this thursday to tuesday update updated us video watch
we wednesday with you а в как на но о по das ein eine und un une una
"""
_CITIES = """
abu dhabi|accra|addis ababa|algiers|amman|amsterdam|ankara|athens|atlanta|baghdad|baku|bangkok|beijing|beirut|belgrade
|berlin|boston|brasilia|bratislava|brussels|bucharest|budapest|buenos aires|cairo|canberra|cape town|caracas|chicago
|chisinau|cincinnati|cleveland|colombo|copenhagen|dallas|damascus|delhi|denver|detroit|dhaka|djibouti|doha|donetsk|dubai
|dublin|frankfurt|geneva|gibraltar|guatemala city|hanoi|havana|helsinki|hong kong|honolulu|houston|indianapolis
|islamabad|istanbul|jakarta|jerusalem|johannesburg|kabul|kampala|kathmandu|kharkiv|khartoum|kiev|kinshasa|kuala lumpur
|kuwait city|kyiv|lagos|lahore|las vegas|lima|lisbon|ljubljana|london|los angeles|luxembourg|lviv|macau|madrid|manila
|mariupol|melbourne|mexico city|miami|milan|milwaukee|minneapolis|minsk|monaco|montreal|moscow|mumbai|munich|nairobi
|new delhi|new orleans|new york|odesa|odessa|oslo|ottawa|panama city|paris|philadelphia|phnom penh|phoenix|pittsburgh
|prague|pyongyang|quebec|riga|rio de janeiro|riyadh|rome|salt lake city|san francisco|santiago|sao paulo|seattle|seoul
|shanghai|singapore|sofia|st. louis|stockholm|sydney|taipei|tallinn|tbilisi|tehran|tel aviv|the hague|tokyo|toronto
|tripoli|tunis|united nations|vatican city|vienna|vilnius|warsaw|washington|washington d.c.|washington dc|yerevan
|zagreb|zurich
"""
_POINTED_CITIES = """
баку|бахмут|бердянськ|бердянск|вашингтон|вінниця|винница|донецк|донецьк|дніпро|днепр|єреван|ереван|запоріжжя|запорожье
|івано-франківськ|київ|киев|кишинев|кишинів|лондон|луганск|луганськ|луцьк|львів|львов|маріуполь|мариуполь|минск|мінськ
|миколаїв|николаев|москва|одеса|одесса|париж|полтава|рига|рівне|санкт-петербург|суми|сумы|тбилиси|тбілісі|тернопіль
|ужгород|харків|харьков|херсон|хмельницький|черкаси|черкассы|чернівці|чернігів|чернигов
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_UNLIKELY = frozenset(_UNLIKELY_WORDS.split())
STAND_ALONE = frozenset(_CITIES.replace("\n", "").split("|"))
"""Cities that stand in a dateline without their country, after the usage of the large agencies, and some more."""
POINTED = STAND_ALONE | frozenset(_POINTED_CITIES.replace("\n", "").split("|"))
"""Cities that an agency may follow behind a full stop alone: "Київ. Укрінформ."."""
_LOWERED_EVER = _PARTICLES - {"a", "el", "la"}
_SMALL = "a-zа-яёіїєґ\u00df-\u00f6\u00f8-\u00ff"
_MARKS = "\u0900-\u0dff\u064b-\u0652"
_WORD = rf"(?:[^\W\d_{_SMALL}][^\W\d_]{{0,2}}\.(?=[ \w])|[^\W\d_{_SMALL}][\w'’`{_MARKS}]*+)"
_SMALL_WORD = rf"(?:{'|'.join(sorted(_PARTICLES, key=len, reverse=True))})(?!\w)"
_PLACE = re.compile(rf"{_WORD}(?>(?:\s?/\s?|[ \-–.](?=\w))(?:{_WORD}|{_SMALL_WORD}))*+")
_ARTICLE = re.compile(r"the (?!hague\b)", re.IGNORECASE)
_WORD_ENDS = re.compile(r"[\s/–-]+")
_JOINT = re.compile(r"([\s/–-]+|(?<=\.)(?=\w))")
_LONGEST = 50
_MOST_WORDS = 6


def leading_place(text: str) -> str | None:
    """What may be the name of a place at the very start of `text`, as it is written; None where there is none.

    Places are words that begin with a capital, small words between them, or words of a script without capitals.
    """
    found = _PLACE.match(text[: _LONGEST * 2])
    if found is None or len(found[0]) > _LONGEST or _ARTICLE.match(found[0]):
        return None
    words = _WORD_ENDS.split(found[0], _MOST_WORDS)
    return None if len(words) > _MOST_WORDS or words[0].casefold().strip(".") in _UNLIKELY else found[0]


def is_name_like(word: str) -> bool:
    """Whether a word may stand in a name: not in small letters, but for particles."""
    return not word[0].islower() or word.casefold() in _PARTICLES


def tidy_place(place: str) -> str:
    """Lower a place written in capitals throughout: "RIO DE JANEIRO" is "Rio de Janeiro", "WASHINGTON DC" stays so."""
    if not place.isupper():
        return place
    parts = _JOINT.split(place)
    return "".join(part if index % 2 else _lowered(part, first=index == 0) for index, part in enumerate(parts))


def _lowered(word: str, *, first: bool) -> str:
    if not first and (word in _KEPT or word.lower() in _LOWERED_EVER):
        return word if word in _KEPT else word.lower()
    return word.capitalize()
