from __future__ import annotations

import re
import time

import pytest

from worker.stories.agencies import AGENCIES
from worker.stories.wire import Credit, credit
from worker.stories.wire_names import byline_agency, credit_agency, host_agency, one_agency

BODY = "Ministers met for talks on Saturday. They will meet again in a week, an official said."


def read(text: str = BODY, **known: object) -> Credit:
    about = {"title": "Ministers meet", "source": None, "authors": (), "link": None} | known
    return credit(text=text, **about)


DATELINES = [
    ("WASHINGTON, Feb 12 (Reuters) -", "Reuters", "Washington"),
    ("WASHINGTON (Reuters) -", "Reuters", "Washington"),
    ("Feb 12 (Reuters) -", "Reuters", None),
    ("(Reuters) -", "Reuters", None),
    ("KYIV (AP) —", "AP", "Kyiv"),
    ("KYIV, Ukraine (AP) —", "AP", "Kyiv"),
    ("NEWARK, N.J. (AP) —", "AP", "Newark"),
    ("AP —", "AP", None),
    ("The Associated Press By Jane Doe", "AP", None),
    ("KYIV (AP) The", "AP", "Kyiv"),
    ("Washington [US], February 12 (ANI):", "ANI", "Washington"),
    ("Washington DC [USA], Feb 12 (ANI):", "ANI", "Washington DC"),
    ("WASHINGTON DC, Feb 12 (ANI):", "ANI", "Washington DC"),
    ("New Delhi, Feb 12 (PTI)", "PTI", "New Delhi"),
    ("New Delhi, Feb 12 (IANS)", "IANS", "New Delhi"),
    ("Kyiv (Ukraine), Feb 12 (AFP) -", "AFP", "Kyiv"),
    ("MOSCOW, February 12. /TASS/.", "TASS", "Moscow"),
    ("МОСКВА, 12 февраля. /ТАСС/.", "TASS", "Москва"),
    ("МОСКВА, 12 фев - РИА Новости.", "RIA Novosti", "Москва"),
    ("МОСКВА, 12 фев — РИА Новости.", "RIA Novosti", "Москва"),
    ("РОСТОВ-НА-ДОНУ, 12 фев - РИА Новости.", "RIA Novosti", "Ростов-на-Дону"),
    ("Москва. 12 февраля. INTERFAX.RU -", "Interfax", "Москва"),
    ("КИЇВ. 12 лютого. УНН.", "UNN", "Київ"),
    ("КИЇВ. 12 лютого. УНН", "UNN", "Київ"),
    ("Київ. 12 лютого. INTERFAX-UKRAINE", "Interfax-Ukraine", "Київ"),
    ("Kyiv. February 12. INTERFAX-UKRAINE –", "Interfax-Ukraine", "Kyiv"),
    ("KYIV, February 12 – Ukrinform.", "Ukrinform", "Kyiv"),
    ("YEREVAN, FEBRUARY 12, ARMENPRESS.", "Armenpress", "Yerevan"),
    ("MINSK, 12 February (BelTA) –", "BelTA", "Minsk"),
    ("BERLIN (dpa) -", "dpa", "Berlin"),
    ("Berlin (dpa/lby) -", "dpa", "Berlin"),
    ("Frankfurt/Main (dpa) -", "dpa", "Frankfurt/Main"),
    ("Wien (APA) –", "APA", "Wien"),
    ("Paris, 12 fév (AFP) -", "AFP", "Paris"),
    ("Madrid, 12 feb (EFE).-", "EFE", "Madrid"),
    ("MADRID, 12 Feb. (EUROPA PRESS) -", "Europa Press", "Madrid"),
    ("(ANSA) - ROMA, 12 FEB -", "ANSA", "Roma"),
    ("Lisboa, 12 fev 2022 (Lusa) –", "Lusa", "Lisboa"),
    ("DEN HAAG (ANP) -", "ANP", "Den Haag"),
    ("Praha 12. února (ČTK) -", "ČTK", "Praha"),
    ("Budapest, 2022. február 12., szombat (MTI) -", "MTI", "Budapest"),
    ("WARSZAWA (PAP) -", "PAP", "Warszawa"),
    ("BEOGRAD - Tanjug -", "Tanjug", "Beograd"),
    ("ANKARA (AA) -", "Anadolu", "Ankara"),
    ("İSTANBUL, (DHA) -", "DHA", "İstanbul"),
    ("BEIJING, Feb. 12 (Xinhua) --", "Xinhua", "Beijing"),
    ("TOKYO (Kyodo) --", "Kyodo", "Tokyo"),
    ("SEOUL, Feb. 12 (Yonhap) --", "Yonhap", "Seoul"),
    ("Pyongyang, February 12 (KCNA) --", "KCNA", "Pyongyang"),
    ("KUALA LUMPUR, Feb 12 (Bernama) --", "Bernama", "Kuala Lumpur"),
    ("Jakarta (ANTARA) -", "Antara", "Jakarta"),
    ("ISLAMABAD, Feb 12 (APP):", "APP", "Islamabad"),
    ("ABU DHABI, 12th February, 2022 (WAM) --", "WAM", "Abu Dhabi"),
    ("Doha - QNA -", "QNA", "Doha"),
    ("Kyiv, UNN —", "UNN", "Kyiv"),
    ("دمشق-سانا:", "SANA", "دمشق"),
    ("باريس (أ ف ب) -", "AFP", "باريس"),
    ("القاهرة في 12 فبراير / أ ش أ /", "MENA", "القاهرة"),
    ("नई दिल्ली, 12 फरवरी (भाषा)", "PTI", "नई दिल्ली"),
    ("新华社北京2月12日电", "Xinhua", "北京"),
    ("新华社北京２月１２日电（记者张三）", "Xinhua", "北京"),
    ("中新社北京2月12日电 (记者 张三)", "CNS", "北京"),
    ("(中央社記者王小明台北12日電)", "CNA", None),
    ("（ロイター）", "Reuters", None),
    ("[ワシントン　１２日　ロイター] -", "Reuters", "ワシントン"),
    ("【ワシントン共同】", "Kyodo", "ワシントン"),
    ("【2月12日 AFP】", "AFP", None),
    ("(서울=연합뉴스) 홍길동 기자 =", "Yonhap", "서울"),
    ("KYIV/MOSCOW, Feb 12 (Reuters) -", "Reuters", "Kyiv/Moscow"),
    ("MOSUL, Iraq/BAGHDAD (Reuters) -", "Reuters", "Mosul"),
    ("LOS ANGELES (Reuters) -", "Reuters", "Los Angeles"),
    ("THE HAGUE (Reuters) -", "Reuters", "The Hague"),
    ("RIO DE JANEIRO, Feb 12 (Reuters) -", "Reuters", "Rio de Janeiro"),
    ("St. Petersburg, Feb 12 (Interfax) -", "Interfax", "St. Petersburg"),
    ("XI'AN, Feb. 12 (Xinhua) --", "Xinhua", "Xi'an"),
    ("By Jane Doe WASHINGTON (Reuters) -", "Reuters", "Washington"),
    ("By JANE DOE\nKYIV, Ukraine (AP) —", "AP", "Kyiv"),
    ("FILE PHOTO: A man walks. REUTERS/Jane Doe\nWASHINGTON (Reuters) -", "Reuters", "Washington"),
    ("NEW YORK, Feb. 12, 2022 /PRNewswire/ --", "PR Newswire", "New York"),
    ("NEW YORK, Feb. 12, 2022 (GLOBE NEWSWIRE) --", "GlobeNewswire", "New York"),
    ("NEW YORK--(BUSINESS WIRE)--", "Business Wire", "New York"),
    ("/ТАСС/.", "TASS", None),
    ("Canadian Press - OTTAWA (CP) -", "CP", "Ottawa"),
    ("Ministers meet\nKYIV (AP) —", "AP", "Kyiv"),
    ("[A] [B] KYIV (AP) —", "AP", "Kyiv"),
    ("Paris, France | AFP |", "AFP", "Paris"),
    ("Paris | AFP |", "AFP", "Paris"),
    ("Someone | AFP |", "AFP", None),
    ("Sydney (Australian Associated Press)", "AAP", "Sydney"),
    ("Kyiv (AP)", "AP", "Kyiv"),
    ("Ankara, (AA)", "Anadolu", "Ankara"),
    ("Київ. Укрінформ.", "Ukrinform", "Київ"),
    ("Івано-Франківськ. Укрінформ.", "Ukrinform", "Івано-Франківськ"),
    ("Москва. РИА Новости.", "RIA Novosti", "Москва"),
    ("By John Smith\nASSOCIATED PRESS\n", "AP", None),
    ("BY JOHN SMITH\nAssociated Press Writer\n", "AP", None),
    ("By John Smith\nASSOCIATED PRESS\nWASHINGTON —", "AP", "Washington"),
    ("By John Smith\nASSOCIATED PRESS\nWASHINGTON (AFP) —", "AFP", "Washington"),
    ("(CBS/AP)", "AP", None),
    ("(AP/CBS News)", "AP", None),
]


@pytest.mark.parametrize(("dateline", "wire", "place"), DATELINES)
def test_a_dateline_names_agency_and_place(dateline: str, wire: str, place: str | None) -> None:
    found = read(f"{dateline} {BODY}")
    assert (found.wire, found.dateline) == (wire, place)


@pytest.mark.parametrize(
    ("dateline", "place"),
    [
        ("KYIV, Ukraine —", "Kyiv"),
        ("WASHINGTON —", "Washington"),
        ("WASHINGTON -", "Washington"),
        ("LONDON—", "London"),
        ("MOSCOW:", "Moscow"),
        ("GEORGETOWN, Del., Nov. 18 --", "Georgetown"),
        ("GEORGETOWN, Nov. 18 --", "Georgetown"),
        ("Kyiv, Feb 12 —", "Kyiv"),
        ("KYIV — Yes.\nLONDON —", "Kyiv"),
        ("NASA —", None),
        ("UN —", None),
        ("BREAKING —", None),
        ("Kyiv —", None),
        ("KYIV, Ukraine:", None),
        ("SUNDAY, Feb 12 —", None),
        ("THE TRUTH, Inside —", None),
        ("A B C D E F G H (Reuters", None),
        ("ABCDEFGHIJ KLMNOPQRSTU VWXYZABCDEFG HIJKLMNOPQRSTUV, Feb 12 —", None),
    ],
)
def test_a_place_may_stand_without_an_agency(dateline: str, place: str | None) -> None:
    found = read(f"{dateline} {BODY}")
    assert (found.wire, found.dateline) == (None, place)


@pytest.mark.parametrize(
    ("end", "wire"),
    [
        ("(ANI)", "ANI"),
        ("(ANI).", "ANI"),
        ("[PTI]", "PTI"),
        ("（共同）", "Kyodo"),
        ("(AFP/dpa)", "AFP"),
        ("(afp/dpa)", "AFP"),
        ("(sda/afp)", "Keystone-SDA"),
        ("(dpa/lby)", "dpa"),
        ("(CBS/AP)", "AP"),
        ("(ABC/Reuters)", "Reuters"),
        ("Sources: Reuters", "Reuters"),
        ("Source: dpa/afp", "dpa"),
        ("(PAP) autor: kl/ mal/", "PAP"),
        ("(AFP) XX/YY", "AFP"),
        ("— AFP", "AFP"),
        ("- AFP", "AFP"),
        ("AFP", "AFP"),
        ("AFP/Reuters", "AFP"),
        ("Reuters and AFP", "Reuters"),
        ("Agencia EFE", "EFE"),
        ("© 2022 AFP", "AFP"),
        ("© AFP", "AFP"),
        ("© Thomson Reuters 2022 All rights reserved.", "Reuters"),
        ("(c) 2022 Xinhua News Agency", "Xinhua"),
        ("Copyright 2022 The Associated Press. All rights reserved. This may not be published.", "AP"),
        ("© 2021-2022 Example. © 2022 dpa-AFX", "dpa"),
        ("/TASS/", "TASS"),
        ("(With inputs from PTI)", "PTI"),
        ("(With agency inputs from ANI)", "ANI"),
        ("- with files from Reuters", "Reuters"),
        ("With files from The Canadian Press", "CP"),
        ("mit Material von dpa", "dpa"),
        ("(mit dpa)", "dpa"),
        ("avec AFP", "AFP"),
        ("Con información de EFE", "EFE"),
        ("Met ANP", "ANP"),
        ("Source: Reuters", "Reuters"),
        ("Quelle: dpa", "dpa"),
        ("Źródło: PAP", "PAP"),
        ("Джерело: Укрінформ", "Ukrinform"),
        ("来源：新华社", "Xinhua"),
        ("(Reporting by Jane Doe in Kyiv; Editing by John Roe)", "Reuters"),
        ("Our Standards: The Thomson Reuters Trust Principles.", "Reuters"),
        ("This report by The Canadian Press was first published Feb. 12, 2022.", "CP"),
        ("©2022 Example Times. Distributed by Tribune Content Agency, LLC.", "Tribune News Service"),
        (
            "(ANI)\n(This story has not been edited by Example staff and is auto-generated from a syndicated feed.)",
            "ANI",
        ),
        ("(ANI) Except for the headline, this story has not been edited by Example staff.", "ANI"),
        ("(AFP)\nRead more at Example", "AFP"),
        ("(AFP)\nThe article was generated.\nUpdated: 12-02-2022", "AFP"),
        ("Updated: 12-02-2022 22:31 IST\nGrain is dear. (ANI)", "ANI"),
    ],
)
def test_a_text_ends_with_a_credit(end: str, wire: str) -> None:
    for between in (" ", "\n"):
        assert read(f"{BODY}{between}{end}").wire == wire


def test_a_text_cut_in_a_sentence_may_end_with_a_credit() -> None:
    assert read("Ministers met for talks on Saturday (ANI)").wire == "ANI"
    assert read("Ministers met for talks on Saturday [with inputs from PTI]").wire == "PTI"


NOBODY = [
    "An official told Reuters",
    "An official told Reuters.",
    "That is so, according to TASS.",
    "Reuters reported it on Friday.",
    "The news was first reported by Reuters",
    "as seen by AFP, AP and Reuters.",
    "Police spoke to the AP about the apartment.",
    "He was held by the Australian Federal Police (AFP).",
    "They rose in Andhra Pradesh (AP).",
    "So says the official Associated Press of Pakistan (APP).",
    "(Photo: AFP)",
    "(AP Photo/Jane Doe)",
    "(Jane Doe/AP)",
    "(Reuters/Jane Doe)",
    "REUTERS/Jane Doe",
    "Image credit: ANI",
    "Foto: dpa",
    "Photo by AFP",
    "© AFP / Jane Doe",
    "© AFP is the holder of the picture above",
    "© 2022 Example News",
    "Getty Images",
    "(Xinhua Photo).",
    "The French agency (AFP) told them so, and others did too",
    "(with agencies)",
    "Agencies",
    "With inputs from agencies",
    "(beta)",
    "(API)",
    "https://tass.com/",
    "see /tass/world/ there",
    "The post Ministers meet appeared first on Example.",
    "(This story has not been edited by Example staff and is auto-generated from a syndicated feed.)",
    "Jane Doe and The Associated Press contributed to this report.",
    "Reuters-Bild",
    "Sputnik",
    "Petra",
    "(Reporting by Jane Doe)",
    "— he wrote to AFP and others",
    "Updated: 12-02-2022",
    "Sources: AP, Reuters, AFP",
    "(Sources: AP, Reuters, AFP)",
    "Source: Reuters and dpa",
    "Quellen: dpa, AFP",
    "来源：新华社、路透社",
    "(CBS/ABC)",
    "(CBS)",
]


@pytest.mark.parametrize("end", NOBODY)
def test_a_mention_or_a_picture_is_no_credit(end: str) -> None:
    assert read(f"{BODY} {end}").wire is None
    assert read(f"{BODY}\n{end}").wire is None


@pytest.mark.parametrize(
    "start",
    [
        "Reuters: ministers met.",
        "The Australian Federal Police (AFP) - it is said -",
        "Australian Federal Police (AFP) -",
        "Andhra Pradesh (AP) -",
        "In 2014 the Australian Federal Police (AFP)",
        "Ministers told the agency (AFP) that",
        "MAP - a way through",
        "Trend - up or down",
        "Kyiv, Reuters reports, is calm - so far",
        "NASA: there is",
        "Kyiv-on-Sea, UNN reports, is - calm",
        "Kyiv is calm, TASS said -",
        "(Jane Doe/AP)",
        "REUTERS/Jane Doe",
        "新华社报道，",
        "法新社今天3月13日发自北京的电稿",
        "据新华社2月12日电",
        "( [ （ /",
        "/usr/bin/ap",
        "EFE, UNA, SOLA",
        "Die Nachrichtenagentur Reuters (Reuters) berichtet viel und",
        "Mother and Father (PA) said",
        "नई (भाषा) दिल्ली",
        "शब्द " * 12 + "(भाषा) -",
        "somewhere in the middle of nowhere near AB, x (AFP) no",
        "Sydney (AAP) is home to an agency, and",
        "Athens, Georgia (AAP) Herald",
        "However, (AA) Ministers",
        "Дякую. Укрінформ. Так",
        "Київ. Столиця. Так",
        "Paris, France | Example |",
        "By John Smith\nExample News\n",
        "By a river\nReuters reported it.\n",
    ],
)
def test_a_start_that_is_no_dateline(start: str) -> None:
    found = read(f"{start} {BODY}")
    assert (found.wire, found.dateline) == (None, None)


def test_a_repeated_title_is_passed_over() -> None:
    assert read(f"Ministers meet: KYIV (AP) — {BODY}") == Credit("AP", "Kyiv", None)


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("T", "TOKYO, Feb 12 (Kyodo) -", "Tokyo"),
        ("Kyiv", "Kyiv, Feb 12 (Kyodo) -", "Kyiv"),
        ("New York", "New York, Feb 12 (Kyodo) -", "New York"),
        ("Rio de Jan", "Rio de Janeiro, Feb 12 (Kyodo) -", "Rio de Janeiro"),
        ("", "Kyiv, Feb 12 (Kyodo) -", "Kyiv"),
        ("Ministers meet again", "Ministers meet again. Kyiv, Feb 12 (Kyodo) -", "Kyiv"),
        ("Ministers meet again", "Ministers meet again Kyiv, Feb 12 (Kyodo) -", "Kyiv"),
        ("Ministers meet again", "Ministers meet again\nKyiv, Feb 12 (Kyodo) -", "Kyiv"),
        ("部長会合を再び開催、議論続く", "部長会合を再び開催、議論続く 【ワシントン共同】", "ワシントン"),
    ],
)
def test_only_a_whole_headline_is_passed_over(title: str, text: str, place: str) -> None:
    found = read(f"{text} {BODY}", title=title)
    assert (found.wire, found.dateline) == ("Kyodo", place)


def test_a_text_may_be_empty_or_a_single_word() -> None:
    for text in ("", " ", "\n", "AFP", "(", ".", "-"):
        assert read(text).wire is None


@pytest.mark.parametrize(
    ("source", "wire"),
    [
        ("ANI", "ANI"),
        ("Reuters", "Reuters"),
        ("REUTERS", "Reuters"),
        ("(c) AFP", "AFP"),
        ("© AFP", "AFP"),
        ("AP News", "AP"),
        ("PA", "PA"),
        ("tass.com", "TASS"),
        ("www.ukrinform.net", "Ukrinform"),
        ("ТАСС", "TASS"),
        ("Укрінформ", "Ukrinform"),
        ("РИА Новости", "RIA Novosti"),
        ("共同社", "Kyodo"),
        ("新华社", "Xinhua"),
        ("연합뉴스", "Yonhap"),
        ("رويترز", "Reuters"),
        ("Agencia EFE", "EFE"),
        ("Example Times", None),
        ("Example.com", None),
        ("Reuters Photo", None),
        ("Apple", None),
        ("x" * 200, None),
        ("", None),
    ],
)
def test_the_source_that_a_feed_credits(source: str, wire: str | None) -> None:
    assert read(source=source).wire == wire


@pytest.mark.parametrize(
    ("author", "wire"),
    [
        ("By Reuters", "Reuters"),
        ("Reuters Staff", "Reuters"),
        ("Reuters in Geneva", "Reuters"),
        ("Associated Press in Helena, Montana", "AP"),
        ("THE ASSOCIATED PRESS", "AP"),
        ("By The Associated Press", "AP"),
        ("AP", "AP"),
        ("Jane Doe, AP", "AP"),
        ("Jane Doe of The Associated Press", "AP"),
        ("Jane Doe | Reuters", "Reuters"),
        ("AFP News Agency", "AFP"),
        ("AFP and Reuters", "AFP"),
        ("Sciences et Example avec AFP", "AFP"),
        ("agence, AFP, Example", "AFP"),
        ("PTI", "PTI"),
        ("Press Trust of India", "PTI"),
        ("EUROPA PRESS", "Europa Press"),
        ("von dpa", "dpa"),
        ("от ТАСС", "TASS"),
        ("Example staff with Reuters", "Reuters"),
        ("AFP Photo", None),
        ("Getty Images / AFP", None),
        ("Ani", None),
        ("PA", None),
        ("TT", None),
        ("Al Example and news agencies", None),
        ("Agencies", None),
        ("Staff", None),
        ("Jane Doe", None),
        ("Reuter", None),
        ("Paula Apter", None),
    ],
)
def test_the_authors(author: str, wire: str | None) -> None:
    assert read(authors=("Jane Doe", author)).wire == wire


@pytest.mark.parametrize(
    ("link", "wire"),
    [
        ("https://www.reuters.com/world/1", "Reuters"),
        ("https://apnews.com/1", "AP"),
        ("https://user@www.aninews.in:443/news/1", "ANI"),
        ("http://interfax.com.ua/news", "Interfax-Ukraine"),
        ("https://TASS.com/1", "TASS"),
        ("https://www.example.com/reuters.com", None),
        ("https://reuters.com.example.org/1", None),
        ("https://notreuters.com/1", None),
        ("mailto:reuters.com", None),
        ("https://a.b.c.d.e.f.g.h.reuters.com/1", None),
    ],
)
def test_an_agencys_own_site(link: str, wire: str | None) -> None:
    assert read(link=link).wire == wire


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("Reuters: World News", "Reuters"),
        ("TASS", "TASS"),
        ("AFP - English", "AFP"),
        ("ANI News | World", "ANI"),
        ("World news about Reuters", None),
        ("Example: Reuters", None),
        ("", None),
    ],
)
def test_a_feed_of_an_agency(name: str, wire: str | None) -> None:
    assert read(feed_name=name).wire == wire


def test_what_is_believed_most() -> None:
    everywhere = {"source": "PTI", "authors": ("EFE",), "link": "https://tass.com/1", "feed_name": "Kyodo"}
    assert read(f"KYIV (AP) — {BODY} (ANI)", **everywhere).wire == "AP"
    assert read(f"{BODY} (ANI)", **everywhere).wire == "PTI"
    assert read(f"{BODY} (ANI)", **everywhere | {"source": "Example"}).wire == "EFE"
    assert read(f"{BODY} (ANI)", **everywhere | {"source": None, "authors": ()}).wire == "ANI"
    assert read(**everywhere | {"source": None, "authors": ()}).wire == "TASS"
    assert read(feed_name="Kyodo").wire == "Kyodo"


@pytest.mark.parametrize(
    ("said", "maker"),
    [
        ("Photo: Jane Doe/AFP", "Jane Doe/AFP"),
        ("(Photo: AFP)", "AFP"),
        ("(Photo by Jane Doe / AFP)", "Jane Doe / AFP"),
        ("Image credit: ANI", "ANI"),
        ("Photos courtesy of the Example Museum", "the Example Museum"),
        ("Foto: dpa", "dpa"),
        ("Фото: Укрінформ", "Укрінформ"),
        ("图片：新华社", "新华社"),
        ("(AP Photo/Jane Doe)", "AP Photo/Jane Doe"),
        ("REUTERS/Jane Doe", "REUTERS/Jane Doe"),
        ("REUTERS/Jane Doe The ministers", "REUTERS/Jane Doe"),
        ("(Jane Doe/AP)", "Jane Doe/AP"),
        ("Jane Doe/Getty Images", "Jane Doe/Getty Images"),
        ("Jane Doe via Getty Images", "Jane Doe via Getty Images"),
        ("FILE PHOTO: a man walks down a road", None),
        ("Photo: a man walks down a road in the city that he was born in", None),
        ("Photo: (", None),
        ("a photo of the day: fine", None),
        ("either/or", None),
        ("AP says", None),
        ("AFP/Reuters", None),
    ],
)
def test_who_made_the_picture(said: str, maker: str | None) -> None:
    assert read(f"{said}\n{BODY}").image_credit == maker
    assert read(f"{BODY * 10}\n{said}").image_credit == maker


def test_the_table_of_agencies() -> None:
    assert len(AGENCIES) >= 150
    assert len({agency.name for agency in AGENCIES}) == len(AGENCIES)
    names = [name.casefold() for agency in AGENCIES for name in agency.names]
    marks = [mark for agency in AGENCIES for mark in agency.marks]
    domains = [domain for agency in AGENCIES for domain in agency.domains]
    for said in (names, marks, domains):
        assert len(set(said)) == len(said)
    for agency in AGENCIES:
        assert re.fullmatch("[A-Z]{2}", agency.country)
        assert agency.names or agency.marks
        for name in agency.names:
            assert one_agency(name) is agency
        for mark in agency.marks:
            assert one_agency(mark) is agency
        for domain in agency.domains:
            assert host_agency(f"www.{domain}") is agency


def test_credits_of_several_agencies() -> None:
    assert credit_agency("Reuters and Example") is None
    assert credit_agency("Reuters, , AFP") is one_agency("Reuters")
    assert byline_agency("") is None


@pytest.mark.parametrize(
    "bit",
    [
        *(
            "(",
            "A ",
            "A-1",
            "A",
            "A, ",
            "/ ",
            "© ",
            "Photo: ",
            "ab.",
            "12 ",
            "[A ",
            " ",
            "\n",
            "北京",
            "AP/",
            "with ",
            '"',
        ),
        *(
            "(Reporting by ",
            "this story ",
            "(AP) ",
            "Photo by A a/",
            ". - ",
            "A B C D, Jan 1, ",
            "Feb 1 ",
            "A'",
            "新华社",
        ),
        "© 2022 ",
    ],
)
def test_no_text_takes_long(bit: str) -> None:
    hostile = bit * (1_000_000 // len(bit))
    began = time.process_time()
    for _ in range(5):
        credit(
            title=hostile,
            text=hostile,
            source=hostile,
            authors=(hostile,) * 20,
            link=f"http://{hostile}",
            feed_name=hostile,
        )
        short = hostile[:150]
        credit(title="", text=hostile, source=short, authors=(short,) * 20, link=f"http://{short}", feed_name=short)
    assert time.process_time() - began < 1
