"""What the zone beside a stamp means, and what a country's clocks show where none stands there. PURE."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_COUNTRIES = (
    "AE:Asia/Dubai AF:Asia/Kabul AL:Europe/Tirane AM:Asia/Yerevan AO:Africa/Luanda AT:Europe/Vienna AZ:Asia/Baku "
    "BA:Europe/Sarajevo BD:Asia/Dhaka BE:Europe/Brussels BF:Africa/Ouagadougou BG:Europe/Sofia BH:Asia/Bahrain "
    "BJ:Africa/Porto-Novo BN:Asia/Brunei BO:America/La_Paz BT:Asia/Thimphu BW:Africa/Gaborone BY:Europe/Minsk "
    "CH:Europe/Zurich CI:Africa/Abidjan CM:Africa/Douala CN:Asia/Shanghai CO:America/Bogota CR:America/Costa_Rica "
    "CU:America/Havana CY:Asia/Nicosia CZ:Europe/Prague DE:Europe/Berlin DK:Europe/Copenhagen DO:America/Santo_Domingo "
    "DZ:Africa/Algiers EE:Europe/Tallinn EG:Africa/Cairo ER:Africa/Asmara ET:Africa/Addis_Ababa FI:Europe/Helsinki "
    "FJ:Pacific/Fiji FR:Europe/Paris GB:Europe/London GE:Asia/Tbilisi GH:Africa/Accra GR:Europe/Athens "
    "GT:America/Guatemala HK:Asia/Hong_Kong HN:America/Tegucigalpa HR:Europe/Zagreb HT:America/Port-au-Prince "
    "HU:Europe/Budapest IE:Europe/Dublin IL:Asia/Jerusalem IN:Asia/Kolkata IQ:Asia/Baghdad IR:Asia/Tehran "
    "IS:Atlantic/Reykjavik IT:Europe/Rome JM:America/Jamaica JO:Asia/Amman JP:Asia/Tokyo KE:Africa/Nairobi "
    "KG:Asia/Bishkek KH:Asia/Phnom_Penh KP:Asia/Pyongyang KR:Asia/Seoul KW:Asia/Kuwait LA:Asia/Vientiane "
    "LB:Asia/Beirut LI:Europe/Vaduz LK:Asia/Colombo LT:Europe/Vilnius LU:Europe/Luxembourg LV:Europe/Riga "
    "LY:Africa/Tripoli MA:Africa/Casablanca MC:Europe/Monaco MD:Europe/Chisinau ME:Europe/Podgorica MK:Europe/Skopje "
    "ML:Africa/Bamako MM:Asia/Yangon MT:Europe/Malta MY:Asia/Kuala_Lumpur MZ:Africa/Maputo NE:Africa/Niamey "
    "NG:Africa/Lagos NI:America/Managua NL:Europe/Amsterdam NO:Europe/Oslo NP:Asia/Kathmandu OM:Asia/Muscat "
    "PA:America/Panama PE:America/Lima PH:Asia/Manila PK:Asia/Karachi PL:Europe/Warsaw PS:Asia/Gaza "
    "PY:America/Asuncion QA:Asia/Qatar RO:Europe/Bucharest RS:Europe/Belgrade RW:Africa/Kigali SA:Asia/Riyadh "
    "SD:Africa/Khartoum SE:Europe/Stockholm SG:Asia/Singapore SI:Europe/Ljubljana SK:Europe/Bratislava SN:Africa/Dakar "
    "SO:Africa/Mogadishu SV:America/El_Salvador SY:Asia/Damascus TH:Asia/Bangkok TJ:Asia/Dushanbe TM:Asia/Ashgabat "
    "TN:Africa/Tunis TR:Europe/Istanbul TW:Asia/Taipei TZ:Africa/Dar_es_Salaam UA:Europe/Kyiv UG:Africa/Kampala "
    "UY:America/Montevideo UZ:Asia/Tashkent VA:Europe/Vatican VE:America/Caracas VN:Asia/Ho_Chi_Minh YE:Asia/Aden "
    "ZA:Africa/Johannesburg ZM:Africa/Lusaka ZW:Africa/Harare"
)
"""Countries whose clocks agree, or all but agree, by zone.tab of the tz database."""
_FIXED = (
    "UTC:0 UCT:0 GMT:0 Z:0 WET:0 WEST:60 CET:60 CEST:120 MEZ:60 MESZ:120 HEC:120 EET:120 EEST:180 MSK:180 МСК:180 "
    "мск:180 TRT:180 IDT:180 SAST:120 CAT:120 EAT:180 WAT:60 EDT:-240 CDT:-300 MDT:-360 PDT:-420 AKST:-540 AKDT:-480 "
    "HST:-600 NST:-210 NDT:-150 BRT:-180 ART:-180 CLT:-240 CLST:-180 PET:-300 COT:-300 VET:-240 BOT:-240 UYT:-180 "
    "JST:540 KST:540 HKT:480 SGT:480 MYT:480 PHT:480 WIB:420 WITA:480 WIT:540 ICT:420 PKT:300 NPT:345 MMT:390 UZT:300 "
    "GET:240 AZT:240 IRST:210 IRDT:270 AEST:600 AEDT:660 ACST:570 ACDT:630 AWST:480 NZST:720 NZDT:780"
)
"""Abbreviations that mean one offset from UTC, in minutes."""
_BY_COUNTRY: dict[str, dict[str, int | str]] = {
    "ADT": {"CA": -180},
    "AMT": {"AM": 240, "BR": -240},
    "AST": {
        "CA": -240,
        "US": -240,
        "PR": -240,
        "TT": -240,
        "SA": 180,
        "KW": 180,
        "IQ": 180,
        "QA": 180,
        "BH": 180,
        "YE": 180,
    },
    "BDT": {"BD": 360, "BN": 480},
    "BST": {"GB": "Europe/London", "BD": 360},
    "CST": {"US": -360, "CA": -360, "MX": -360, "CN": 480, "TW": 480, "CU": -300},
    "CT": {"US": "America/Chicago", "CA": "America/Winnipeg"},
    "ECT": {"EC": -300},
    "EST": {"US": -300, "CA": -300, "JM": -300, "PA": -300},
    "ET": {"US": "America/New_York", "CA": "America/Toronto"},
    "GST": {"AE": 240, "OM": 240},
    "IST": {"IN": 330, "LK": 330, "IL": "Asia/Jerusalem", "IE": "Europe/Dublin"},
    "MST": {"US": -420, "CA": -420, "MX": -420, "MY": 480, "MM": 390},
    "PT": {"US": "America/Los_Angeles", "CA": "America/Vancouver"},
    "PST": {"US": -480, "CA": -480, "MX": -480, "PH": 480},
    "SLT": {"LK": 330},
    "SST": {"SG": 480, "AS": -660},
    "WST": {"AU": 480, "WS": 780},
}
"""Abbreviations that mean something else in another country: minutes, or a zone whose summers count."""
_MOSTLY = {"EST": -300, "PST": -480}
"""What such an abbreviation means where the country is not known, or has no other use of it."""
_OTHERWISE_USED = {"EST": frozenset({"AU"}), "PST": frozenset({"PK", "PN"})}
_NOT_ZONES = frozenset({"UHR", "H", "HRS", "HOURS", "Г", "TIME"})
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-−])\s?(\d{1,2})(?::?(\d{2}))?")
_WIDEST = timedelta(hours=14)
_ZONES = dict(pair.split(":") for pair in _COUNTRIES.split())
_OFFSETS = {name: int(minutes) for name, minutes in (pair.split(":") for pair in _FIXED.split())}


def zone_said(said: str, countries: tuple[str, ...]) -> tzinfo | None:
    """The zone that an abbreviation ("IST") or an offset ("+05:30", "GMT+2") means, or None where that is not certain.

    `countries` are ISO 3166 alpha-2; the first that uses the abbreviation decides.
    """
    if offset := _OFFSET.fullmatch(said):
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(shift if offset[1] == "+" else -shift) if shift <= _WIDEST else None
    if said in _OFFSETS:
        return _of_minutes(_OFFSETS[said])
    uses = _BY_COUNTRY.get(said, {})
    for country in countries:
        if country in _OTHERWISE_USED.get(said, ()):
            return None
        if country in uses:
            meant = uses[country]
            return _zone(meant) if isinstance(meant, str) else _of_minutes(meant)
    return _of_minutes(_MOSTLY[said]) if said in _MOSTLY else None


def is_zone_like(said: str) -> bool:
    """Whether a word behind a time must be understood as its zone: "Uhr" and "hrs" need not."""
    return said.upper() not in _NOT_ZONES


def zone_of(country: str | None) -> tzinfo | None:
    """The zone of all clocks of a country, or None where they differ or it is not known."""
    name = _ZONES.get(country or "")
    return _zone(name) if name else None


def _of_minutes(minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes)) if minutes else UTC


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
