"""What of a text runs on by itself and tells nothing: stamps, "3 minutes ago", "17 comments", live clocks. PURE."""

from __future__ import annotations

import re

from worker.stories.stamps_labels import labels
from worker.stories.stamps_months import jalali_month_named, month_named

_AGES = """
    ; seconds? secs? minutes? mins? hours? hrs? h ; days? weeks? months? ; ago
vor ; Sekunden? Minuten? Min\\.? Stunden? Std\\.? ; Tag(?:en)? Wochen? ;
il\\sy\\sa ; secondes? minutes? min heures? h ; jours? semaines? mois ;
hace ; segundos? minutos? min horas? h ; días? semanas? meses ;
há ; segundos? minutos? min horas? ; dias? semanas? ;
    ; second[oi] minut[oi] or[ae] ; giorn[oi] settiman[ae] ; fa
    ; sekund\\w? minut\\w? min\\. godzin\\w? godz\\. ; dni dzień ; temu
    ; seconden minu(?:ut|ten) uur ; dag(?:en)? ; geleden
    ; saniye dakika dk saat ; gün hafta ; önce
    ; секунд\\w? минут\\w? мин\\.? час\\w{0,2} ч\\.? ; д(?:ень|ня|ней) недел\\w ; назад
    ; секунд\\w? хвилин\\w? хв\\.? годин\\w? год\\.? ; д(?:ень|ні|нів) тиж\\w+ ; тому
(?:قبل|منذ) ; ثانية ثوان دقيقة دقائق ساعة ساعات ; يوم أيام ;
    ; मिनट घंटे सेकंड ; दिन ; पहले
    ; 秒 秒钟 秒鐘 分 分钟 分鐘 小时 小時 時間 ; 天 日 ; 之?前
    ; 초 분 시간 ; 일 ; 전
"""
"""How an age is told, a language a line: words before the number; units of a moment; longer units; words behind.

Minutes and hours count anywhere; days only where the age stands alone, for a sentence may well say "3 days ago".
"""
_COUNTED = """
comments? replies views? shares? likes? reactions? retweets? min(?:ute)?s?\\sread watching(?:\\snow)?
Kommentare? Aufrufe? Ansichten mal\\sgeteilt geteilt Min(?:\\.|uten)?\\sLesezeit Lesezeit
commentaires? vues? partages? réactions? min(?:utes)?\\sde\\slecture
comentarios? vistas visitas visualizaciones compartidos? min(?:utos)?\\sde\\slectura comentários? visualizações
commento commenti visualizzazioni condivisioni komentarz[ey]? wyświetle[nń](?:ia)? yorum görüntülenme paylaşım
комментари(?:й|я|ев|и) просмотр(?:а|ов|ы)? репост(?:а|ов|ы)? поделились мин(?:ут[аы]?|\\.)?\\sчтения
коментар(?:і|ів|я)? перегляд(?:и|ів|у)? поширен(?:ь|ня) хв(?:илин[аи]?|\\.)?\\sчитання
تعليق تعليقات مشاهدة مشاهدات مشاركة مشاركات
条评论 條評論 评论 評論 次浏览 浏览 阅读量? 閱讀 次观看 分享 点赞 件のコメント コメント 回視聴 閲覧 댓글 조회수? 공유
"""
"""What is counted beside or below an article; only where number and word stand alone."""
_NUMBER = r"\d[\d.,\u00a0\u202f]*(?:\s?(?:[kKmM万만]|тыс\.?|тис\.?|Tsd\.?|mil)(?!\w))?"
_BEFORE = r"(?:^|(?<=[\n|·•(\[—–])|(?<=[.!?。]\s)|(?<=\s-\s))[ \t]*"
_BEHIND = r"[ \t]*(?=\Z|[\n|·•)\]—–]|[.。](?:\n|\Z)|\s-\s)"


def _ages(column: int) -> str:
    told = []
    for line in _AGES.strip().split("\n"):
        fields = [field.strip() for field in line.split(";")]
        units = "|".join(fields[column].split())
        lead, tail = (rf"{fields[0]}\s?" if fields[0] else "", rf"\s?{fields[-1]}" if fields[-1] else "")
        told.append(rf"{lead}\d{{1,3}}\s?(?:{units}){tail}(?!\w)")
    return "|".join(told)


_AGE = rf"(?<!\w)(?:{_ages(1)}|just\snow)"
_COUNTS = "|".join(_COUNTED.split())
_COUNT = rf"(?:{_NUMBER}\s?(?:{_COUNTS})(?!\w)|(?:{_COUNTS})\s?[:：]?\s?[(（]?{_NUMBER}[)）]?)"
_COUNTER = re.compile(
    rf"{_AGE}|{_BEFORE}(?:{_ages(2)}|{_COUNT}(?:[ \t]*[,|·•/]?[ \t]*{_COUNT})*){_BEHIND}",
    re.IGNORECASE | re.MULTILINE,
)

_NUMERIC = re.compile(
    r"\d{4}\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}(?!\d)[日일.]?T?|\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d\d)(?!\d)"
)
_CLOCK = re.compile(
    r"(?:上午|下午|午前|午後|오전|오후)?\s?\d{1,2}\s?[:.h時时시点點]\s?\d\d(?!\d)(?:\s?[:.分]\s?\d\d(?:\.\d+)?(?!\d))?[分분]?"
    r"(?:\s?(?:[ap]\.?m\b\.?|Uhr\b|hrs\b|h\b|น\.|[صم]\b))?"
    r"(?:\s?[(\[]?(?:(?-i:[A-ZА-Я]{1,5})(?!\w)|мск\b|(?:UTC|GMT)?\s?[+−-]\d{1,2}(?::?\d\d)?(?!\d))[)\]]?)?",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s(?:de\s|of\s)?(?P<month>[^\W\d_][\w’']{1,19})\.?"
    r"|(?P<name>[^\W\d_][\w’']{1,19})\.?\s(?P<number>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)(?:\s?(?:г\.?|року|р\.)(?!\w))?")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]{0,4}day)?\b", re.IGNORECASE)
_MOMENT_AGE = re.compile(rf"{_AGE}|{_ages(2)}", re.IGNORECASE)
_JOINT = re.compile(
    r"[\s,.:：;/|()\[\]·•–—-]{0,4}(?:(?:at|on|um|am|à|a las|alle|às|de|del|kl|klo|в|о|le|el|il|em)\b[\s.:]*)?",
    re.IGNORECASE,
)
_LIVE = re.compile(r"[\W_]*(?:live|liveblog|en direct|en directo|en vivo|в эфире|наживо|直播|ライブ)\b", re.IGNORECASE)
_HINT = re.compile(r"\d|just\snow", re.IGNORECASE)
_FIGURE = re.compile(r"\s*\d+(?:[.,]\d+)?\s*")
"""A line of it alone may be a year or a price, and is no moment."""
_PARTS = (_MOMENT_AGE, _NUMERIC, _CLOCK, _NAMED, _YEAR, _WEEKDAY)


def without_counters(text: str) -> str:
    """`text` without what changes from one look at it to the next while nobody is told anything else.

    These are labelled stamps ("Updated: 12-02-2022 22:31 IST") and lines that are but a moment or a live clock, ages
    ("3 minutes ago"), and the numbers of comments, views and shares. Numbers in sentences stay.
    """
    lines = map(_without_stamps, text.split("\n"))
    return _COUNTER.sub(" ", "\n".join(lines))


def _without_stamps(line: str) -> str:
    if not _HINT.search(line):
        return line
    live = _LIVE.match(line)
    start = live.end() if live else 0
    end = _moment_end(line, start)
    if end > start and not line[end:].strip(" \t.|)]") and (live or not _FIGURE.fullmatch(line, 0, end)):
        return ""
    kept, at = [], 0
    for label in labels(line, 0, len(line)):
        end = _moment_end(line, label.end)
        if end > label.end and label.start >= at:
            kept.append(line[at : label.start])
            at = end
    return " ".join([*kept, line[at:]])


def _moment_end(line: str, start: int) -> int:
    """Where the moment ends that `line` has at `start`, each part of it at most once; `start` where there is none."""
    end, left = start, [*_PARTS]
    while True:
        joint = _JOINT.match(line, end)
        at = joint.end() if joint else end
        found = next(((part, one) for part in left if (one := part.match(line, at)) and _is_day(part, one)), None)
        if found is None:
            return end
        left.remove(found[0])
        end = found[1].end()


def _is_day(part: re.Pattern[str], found: re.Match[str]) -> bool:
    if part is not _NAMED:
        return True
    name = (found["month"] or found["name"]).strip(".")
    return (month_named(name) or jalali_month_named(name)) is not None
