from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from worker.stories import stamps_zones
from worker.stories.stamps import Stamps, stamps
from worker.stories.stamps_months import gregorian, jalali_month_named, month_named

NOW = datetime(2022, 2, 14, tzinfo=UTC)
BODY = "Ministers met for talks on Saturday."


def read(stamp: str, country: str | None = None, *, wire: str | None = None, now: datetime = NOW) -> Stamps:
    return stamps(f"{BODY}\n{stamp}\n{BODY}", wire=wire, country=country, now=now)


def at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2022-02-{day}T{clock}:00+00:00")


PUBLISHED = [
    # English
    ("Published: Feb 12, 2022, 10:31 PM EST", None, at(13, "03:31")),
    ("Published: February 12, 2022 at 10:31 p.m. EST", None, at(13, "03:31")),
    ("Published Feb. 12, 2022 10:31 am ET", "US", at(12, "15:31")),
    ("Posted: 02/12/2022 10:31 AM CST", "US", at(12, "16:31")),
    ("Posted: 12/02/2022 10:31 CST", "TW", at(12, "02:31")),
    ("Posted: 02/25/2021 10:31 GMT", "GB", datetime(2021, 2, 25, 10, 31, tzinfo=UTC)),
    ("First published on Feb 12, 2022 10:31 pm IST", "IN", at(12, "17:01")),
    ("Published 12th February 2022, 22:31 BST", "BD", at(12, "16:31")),
    ("Published 12 July 2021, 22:31 BST", "GB", datetime(2021, 7, 12, 21, 31, tzinfo=UTC)),
    ("Published: 12:05 am, 12 Feb 2022 GMT", None, at(12, "00:05")),
    ("Published: 12:05 pm GMT, 12 Feb 2022", None, at(12, "12:05")),
    ("Published: 2022-02-12T22:31:05Z", None, at(12, "22:31") + timedelta(seconds=5)),
    ("Published: 2022-02-12T22:31:00.123+05:30", None, at(12, "17:01")),
    ("Published: 2022-02-12 22:31 GMT+2", None, at(12, "20:31")),
    ("Published: 2022-02-12 22:31 UTC−05:00", None, at(13, "03:31")),
    ("Created: 12.02.2022 22:31 (UTC)", None, at(12, "22:31")),
    ("Posted: 12 Feb 2022 22:31 PST", "PH", at(12, "14:31")),
    ("Posted: 12 Feb 2022 22:31 AST", "KW", at(12, "19:31")),
    ("Posted: 12 Feb 2022 22:31 AMT", "AM", at(12, "18:31")),
    ("Posted: 12 Feb 2022 22:31 EST", "GB", at(13, "03:31")),
    ("Published: 12 Feb 2022 22:31", "IN", at(12, "17:01")),
    # Languages and their countries' zones
    ("Veröffentlicht am 12. Februar 2022 um 22:31 Uhr", "AT", at(12, "21:31")),
    ("Veröffentlicht: 12.02.2022 22.31 Uhr MEZ", None, at(12, "21:31")),
    ("Publié le 12 février 2022 à 22h31", "FR", at(12, "21:31")),
    ("Publicado: 12 de febrero de 2022 22:31", "PE", at(13, "03:31")),
    ("Publicado em 12/02/2022 às 22h31 GMT-3", "BR", at(13, "01:31")),
    ("Pubblicato il 12 febbraio 2022 alle 22:31", "IT", at(12, "21:31")),
    ("Publicerad: 12 februari 2022 kl. 22.31", "SE", at(12, "21:31")),
    ("Julkaistu 12.2.2022 klo 22.31", "FI", at(12, "20:31")),
    ("Opublikowano 12 lutego 2022, 22:31", "PL", at(12, "21:31")),
    ("Megjelent: 2022. február 12. 22:31", "HU", at(12, "21:31")),
    ("Yayınlanma: 12 Şubat 2022 - 22:31", "TR", at(12, "19:31")),
    ("Опубликовано 12 февраля 2022, 22:31 МСК", None, at(12, "19:31")),
    ("Опубликовано: 12 февраля 2022 г., 22:31 мск", None, at(12, "19:31")),
    ("Опубліковано: 12 лютого 2022, 22:31", "UA", at(12, "20:31")),
    ("Δημοσίευση: 12 Φεβρουαρίου 2022 22:31", "GR", at(12, "20:31")),
    ("发布时间：2022年2月12日 22:31", "CN", at(12, "14:31")),
    ("發布時間：2022/02/12 下午10:31", "TW", at(12, "14:31")),
    ("公開：2022年2月12日 22時31分", "JP", at(12, "13:31")),
    ("発行 2022年2月12日 22:31 JST", None, at(12, "13:31")),
    ("発行日時：2022年2月12日 22:31 JST", None, at(12, "13:31")),
    ("입력 2022.02.12. 오후 10:31", "KR", at(12, "13:31")),
    ("등록 : 2022-02-12 오전 10:31", "KR", at(12, "01:31")),
    ("تاريخ النشر: 12 شباط 2022 22:31", "LB", at(12, "20:31")),
    ("تاريخ النشر: 12 شباط/فبراير 2022 22:31", "SY", at(12, "20:31")),
    ("نشر في: ١٢ فبراير ٢٠٢٢ - ١٠:٣١ م", "EG", at(12, "20:31")),
    ("تاريخ النشر: 12 كانون الثاني 2022 22:31", "LB", datetime(2022, 1, 12, 20, 31, tzinfo=UTC)),
    ("تاریخ انتشار: ۲۳ بهمن ۱۴۰۰ - ۲۲:۳۱", "IR", at(12, "19:01")),
    ("انتشار: ۱۴۰۰/۱۱/۲۳ ۲۲:۳۱", "IR", at(12, "19:01")),
    ("פורסם: 12 בפברואר 2022, 22:31", "IL", at(12, "20:31")),
    ("प्रकाशित: 12 फ़रवरी 2022 10:31 PM IST", "IN", at(12, "17:01")),
    ("เผยแพร่: 12 ก.พ. 2565 22:31 น.", "TH", at(12, "15:31")),
    ("เผยแพร่ 12 กุมภาพันธ์ 2565 เวลา 22.31 น.", "TH", at(12, "15:31")),
    ("Diterbitkan 12 Februari 2022 22:31 WIB", None, at(12, "15:31")),
    ("Đăng lúc 12/02/2022 22:31 (GMT+7)", None, at(12, "15:31")),
]


@pytest.mark.parametrize(("stamp", "country", "moment"), PUBLISHED)
def test_published(stamp: str, country: str | None, moment: datetime) -> None:
    assert read(stamp, country) == Stamps(moment, None)


@pytest.mark.parametrize(
    ("stamp", "country", "moment"),
    [
        ("Updated: 12-02-2022 22:31 GMT", None, at(12, "22:31")),
        ("Last Updated : 12 Feb 2022 10:31 PM IST", "IN", at(12, "17:01")),
        ("Updated 10:31 PM, Feb 12, 2022 GMT", None, at(12, "22:31")),
        ("Stand: 12.02.2022 22:31 Uhr", "DE", at(12, "21:31")),
        ("Stand 12.2.2022, 22:31 Uhr", "CH", at(12, "21:31")),
        ("Dernière mise à jour : 12/02/2022 - 22:31", "FR", at(12, "21:31")),
        ("Actualizado: 12 febrero 2022 22:31 CET", "ES", at(12, "21:31")),
        ("Ultimo aggiornamento: 12 feb 2022 22:31", "IT", at(12, "21:31")),
        ("Bijgewerkt: 12 februari 2022 22:31", "NL", at(12, "21:31")),
        ("Aktualizacja: 12 lutego 2022, 22:31", "PL", at(12, "21:31")),
        ("Aktualizováno 12. února 2022 22:31", "CZ", at(12, "21:31")),
        ("Frissítve: 2022. február 12. 22:31", "HU", at(12, "21:31")),
        ("Güncelleme: 12 Şubat 2022 22:31", "TR", at(12, "19:31")),
        ("Обновлено: 12.02.2022 22:31", "BY", at(12, "19:31")),
        ("Оновлено: 12.02.2022 22:31", "UA", at(12, "20:31")),
        ("Оновлено: 22:31, 12.02.2022", "UA", at(12, "20:31")),
        ("最終更新：2022年2月12日 午後10時31分", "JP", at(12, "13:31")),
        ("更新时间：2022-02-12 22:31:05", "CN", at(12, "14:31") + timedelta(seconds=5)),
        ("최종수정 2022.02.12 22:31", "KR", at(12, "13:31")),
        ("آخر تحديث: 12 فبراير 2022 10:31 ص", "SA", at(12, "07:31")),
        ("Cập nhật: 12/02/2022 22:31 GMT+7", None, at(12, "15:31")),
    ],
)
def test_updated(stamp: str, country: str | None, moment: datetime) -> None:
    assert read(stamp, country) == Stamps(None, moment)


BOTH = "Updated: 12-02-2022 22:31 IST | Created: 12-02-2022 22:30 IST"


@pytest.mark.parametrize(
    ("country", "wire", "offset"),
    [
        ("IN", None, 330),
        (None, "ANI", 330),
        ("US", "PTI", 330),
        ("IL", None, 120),
        ("IL", "ANI", 120),
        (None, "TPS", 120),
        ("IE", None, 0),
        (None, "AP", None),
        (None, "Nobody", None),
        (None, None, None),
        ("GB", None, None),
    ],
)
def test_an_ambiguous_zone_goes_by_country(country: str | None, wire: str | None, offset: int | None) -> None:
    found = read(BOTH.replace("02-2022", "01-2022"), country, wire=wire)
    if country == "US":  # month first
        found = read(BOTH, None, wire=wire)
    month = 2 if country == "US" else 1
    updated = None if offset is None else datetime(2022, month, 12, 22, 31, tzinfo=UTC) - timedelta(minutes=offset)
    assert found.updated == updated
    assert (found.published is None) == (offset is None)


def test_summer_counts() -> None:
    summer = "Updated: 12-07-2021 22:31 IST"
    assert read(summer, "IL").updated == datetime(2021, 7, 12, 19, 31, tzinfo=UTC)
    assert read(summer, "IE").updated == datetime(2021, 7, 12, 21, 31, tzinfo=UTC)
    assert read(summer, "IN").updated == datetime(2021, 7, 12, 17, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stamp", "country"),
    [
        ("Published 12 February 2022", "GB"),
        ("Published: 12 February 2022, by Jane Doe, who wrote it at her desk, 22:31 GMT", "GB"),
        ("Published: 22:31 GMT", "GB"),
        ("Published: 12 February 2022 22:31", None),
        ("Published: 12 February 2022 22:31", "US"),
        ("Publicado: 12 de febrero de 2022 22:31", "AR"),
        ("Published: 12 February 2022 22:31 EST", "AU"),
        ("Published: 12 February 2022 22:31 PST", "PK"),
        ("Published: 12 February 2022 22:31 CST", None),
        ("Published: 12 February 2022 22:31 XYZ", "GB"),
        ("Published: 12 February 2022 22:31 +19:00", None),
        ("Published: 12 February 1989 22:31 GMT", None),
        ("Published: 16 February 2022 22:31 GMT", None),
        ("Published: 30 February 2022 22:31 GMT", None),
        ("Published: 12 February 2022 25:31 GMT", None),
        ("Published: 12 Smarch 2022 22:31 GMT", None),
        ("Published: 12 listopada 2021 22:31 GMT", None),
        ("Published: 32.13.2021 22:31 GMT", None),
        ("Published: 31 فروردین 2021 22:31 GMT", None),
        ("Published: ۳۱ بهمن ۱۴۰۰ ۲۲:۳۱ GMT", None),
        ("Published: ۱۲/۱۴۰۰ ۲۲:۳۱ GMT", None),
        ("It was published on 12 February 2022 at 22:31 GMT", None),
        ("The law, published 12 February 2022 22:31 GMT", None),
        ("Unpublished: 12 February 2022 22:31 GMT", None),
        ("On 12 February 2022 at 22:31 GMT they met", None),
        ("Published: by hand, in a very long line of many words before the 12 February 2022 22:31 GMT", None),
        ("Published: 0001-01-01 00:00 +14:00", None),
    ],
)
def test_what_is_no_moment(stamp: str, country: str | None) -> None:
    assert read(stamp, country) == Stamps(None, None)


def test_an_update_before_publication_is_none() -> None:
    assert read("Updated: 11-02-2022 22:31 GMT | Created: 12-02-2022 22:31 GMT") == Stamps(at(12, "22:31"), None)
    same = at(12, "22:31")
    assert read("Updated: 12-02-2022 22:31 GMT | Created: 12-02-2022 22:31 GMT") == Stamps(same, same)


def test_the_first_of_a_kind_counts() -> None:
    assert read("Published: 12-02-2022 22:31 GMT\nPublished: 11-02-2022 22:31 GMT").published == at(12, "22:31")
    assert read("Published: yesterday\nPublished: 11-02-2022 22:31 GMT").published == at(11, "22:31")


def test_stamps_stand_near_the_ends() -> None:
    stamp = "\nPublished: 12-02-2022 22:31 GMT\n"
    long = (BODY + "\n") * 50
    found = Stamps(at(12, "22:31"), None)
    assert stamps(stamp + long, wire=None, country=None, now=NOW) == found
    assert stamps(long + stamp, wire=None, country=None, now=NOW) == found
    assert stamps(long + stamp + long, wire=None, country=None, now=NOW) == Stamps(None, None)
    assert stamps("", wire=None, country=None, now=NOW) == Stamps(None, None)


def test_up_to_a_day_ahead_is_believed() -> None:
    stamp = "Published: 12-02-2022 22:31 GMT"
    assert read(stamp, now=at(11, "22:31")).published == at(12, "22:31")
    assert read(stamp, now=at(11, "22:30")).published is None


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1370, (1991, 3, 21)),
        (1375, (1996, 3, 20)),
        (1379, (2000, 3, 20)),
        (1395, (2016, 3, 20)),
        (1396, (2017, 3, 21)),
        (1399, (2020, 3, 20)),
        (1400, (2021, 3, 21)),
        (1403, (2024, 3, 20)),
        (1404, (2025, 3, 21)),
        (1408, (2029, 3, 20)),
    ],
)
def test_the_iranian_new_year(year: int, day: tuple[int, int, int]) -> None:
    found = gregorian(year, 1, 1)
    assert found
    assert (found.year, found.month, found.day) == day
    assert gregorian(year, 7, 1, jalali=True) == found + timedelta(days=186)
    assert gregorian(year, 12, 29) == found + timedelta(days=364)
    assert gregorian(year, 7, 31) is None
    assert gregorian(year, 13, 1) is None


def test_names_of_months() -> None:
    assert [month_named(name) for name in ("Feb", "ФЕВРАЛЯ", "лютого", "آب", "ก.พ", "listopad")] == [
        2,
        2,
        2,
        8,
        2,
        None,
    ]
    assert (jalali_month_named("بهمن"), jalali_month_named("Feb")) == (11, None)


def test_every_zone_is_known() -> None:
    for country, name in stamps_zones._ZONES.items():
        assert stamps_zones.zone_of(country) == ZoneInfo(name)
    for uses in stamps_zones._BY_COUNTRY.values():
        for meant in uses.values():
            assert isinstance(meant, int) or ZoneInfo(meant)
    assert stamps_zones._zone("Nowhere/City") is None


@pytest.mark.parametrize(
    "bit",
    [
        "2022 ",
        "Updated: ",
        "Updated: 12-02-2022 ",
        "1",
        "(2022",
        "Updated 2022 a ",
        "12 a 2022 ",
        "٢",
        "更新2022年",
        "a",
        "\n",
    ],
)
def test_no_text_takes_long(bit: str) -> None:
    hostile = bit * (1_000_000 // len(bit))
    began = time.process_time()
    for _ in range(10):
        stamps(hostile, wire=None, country="IN", now=NOW)
        stamps(f"Published: 12 {hostile}", wire=None, country="IN", now=NOW)
    assert time.process_time() - began < 1
