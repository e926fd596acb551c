"""What outlets put before and behind an agency's text: datelines, stamps, credits, "Read more". PURE.

Two copies differ in these, and the "3" of a dateline would look like another number (NEARDUP, section 5). Only the
first and the last few hundred characters are looked at, a line, a sentence or a bracket at a time, and most texts are
let pass by a glance at their words. English, Russian, Ukrainian, German, French and Spanish; some Arabic and Chinese.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from worker.text.tokens import fold, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 240
_TAIL = 480
_MOST = 6
"""So many things are trimmed at one end."""
_CUE_WORDS_HEAD = 25
_CUE_WORDS_TAIL = 60
_LINE = 160

_DASH = "[-–—]"
_UPPER = "A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ"
_STAMP = """
    (?: last\\ )? (?: updated | published | created | posted | modified )
    | обновлено | опубликовано | оновлено | опубліковано | aktualisiert | veröffentlicht | stand
    | mis\\ à\\ jour | publié | modifié | actualizado | publicado
"""
_CREDIT = """
    (?: (?: representative | representational | file ) \\  )?
    (?: (?: photo | image | picture | photographic ) \\ credits? | crédit \\ photo | photos? | images? | pictures?
      | photograph | pic | fotos? | фото | світлина | bild | crédito | copyright )
    (?: \\ (?: credit | courtesy | by | via | von | par | de ) \\b )?
"""
_MOMENT = r"(?: \d{1,2} [:.] \d\d | \b (?: 19 | 20 ) \d\d \b )"
_STAMPED = re.compile(rf"\b (?:{_STAMP}) \b .{{0,60}}? {_MOMENT}", re.VERBOSE | re.IGNORECASE)
_CREDITED = re.compile(
    rf"[(\[]? (?: (?:{_CREDIT}) \s? [:/|©] | © | (?: by | von | par | por | автор: | текст: ) \s [^\n]{{2,60}} \Z )",
    re.VERBOSE | re.IGNORECASE,
)
_DATELINE = re.compile(
    rf"""
    (?: [^\n()（）]{{0,60}} [(（] [^\n()（）\d]{{2,40}} [)）] \s? (?: \.? \s? {_DASH}{{1,2}} (?=[\s"'“«]) | : (?=\s) )
      | [^\n/]{{0,60}} (?<!\w) / [{_UPPER}] [^\n/]{{1,30}} / [\s.]{{0,2}} (?: {_DASH} (?=\s) )?
      | [{_UPPER}] [{_UPPER}\s./']{{2,30}} (?: , [^\n]{{0,40}}? )? \s? {_DASH}{{1,2}} \s
      | [{_UPPER}] [\w.]{{1,12}} \s {_DASH}{{1,2}} \s
      | (?: [{_UPPER}] [\w-]{{2,20}} \. \s | \d{{1,2}} \s \w{{3,9}} \. \s )?
        (?: РИА\sНовости | Интерфакс | ТАСС | УНН | УНІАН | УНИАН | Укрінформ | УКРІНФОРМ | Інтерфакс-Україна ) \. \s
      | [【［\[] [^】］\]\n]{{1,25}} [】］\]] \s? {_DASH}? | [(（] [^\n)）]{{1,20}} [)）] (?=[^\x00-\u2fff])
      | (?: 新华社 | 新華社 | 中新社 | 中新网 | 中央社 ) [^\n]{{0,20}}? [电電讯訊] (?: [(（] [^)）\n]{{0,30}} [)）] )?
    )
    \s*
    """,
    re.VERBOSE,
)
_HEAD_HINT = re.compile(r"[-–—/(（【［\[新中]|\. ")

_CLOSING = re.compile(
    rf"""
    [(\[（]? (?:
        (?: continue | keep ) \ reading | read \ (?: more | the \ (?: full | whole | rest | original ) | full | also )
      | (?: click | tap ) \ here | full \ (?: story | article ) | more \ on \ this
      | читать \ (?: далее | дальше | полностью ) | читайте \ (?: также | далее | подробнее | нас ) | подробнее | далее
      | читати \ (?: далі | повністю | більше ) | читайте \ також | детальніше | докладніше
      | weiterlesen | mehr \ (?: lesen | dazu | zum \ thema ) | lesen \ sie
      | lire \ (?: la \ suite | aussi | plus ) | le[ae]r? \ (?: más | también | la \ nota ) | seguir \ leyendo
      | اقرأ \ | 続きを読む | 阅读全文 | 閱讀全文
      | sign \ up | subscribe | follow \ us | join \ us | download \ (?: the | our ) | all \ rights \ reserved
      | advertisement \Z | with \ inputs \ from | for \ (?: all \ )? the \ latest | get \ the \ latest
      | подпи (?: шитесь | сывайтесь ) | следите \ за | підпи (?: шіться | суйтесь | суйтеся ) | стежте \ за
      | (?: jetzt \ )? abonnieren | melden \ sie \ sich | abonnez-vous | inscrivez-vous | suscr[íi]b | síguenos
      | the \ post \ .* (?: appeared \ first | first \ appeared ) \ on \b
      | this \ (?: article | story | post ) \ .* (?: appeared | published )
      | der \ beitrag \ .* erschien \ zuerst
      | (?: cet \ article | l['’]article ) \ .* (?: apparu | paru ) \ en \ premier
      | la \ (?: entrada | publicación ) \ .* (?: publicó | aparece | apareció ) \ primero
      | (?: сообщение | запись ) \ .* появил (?: ось | ась | ись ) | (?: допис | запис | повідомлення ) \ .* з['’]явил?
      | (?: additional \  | further \  )? (?: reporting | writing | editing | compiled | edited | written | reported )
        \ (?: and \ \w+ \  )? by \b
      | (?: this | except | with | the \ above ) \b [^()]* \b (?: staff | feed | agency | agencies | inputs ) \b
      | (?: {_CREDIT} ) \s? [:/|©] | ©
      | (?: {_STAMP} ) \b .{{0,60}}? {_MOMENT}
      | {_DASH}{{1,2}} \s? (?-i:[{_UPPER}]) [\w.\ ]{{1,20}} \Z
      | (?: reuters? | afp | ap | ani | dpa | tass | pti | ians | efe | ansa | interfax ) \W* \Z
    )
    | [(\[（/] [^\W\d_] [\w\ .,/&-]{{1,24}} [)\]）/] \W* \Z
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""What begins a line, a sentence or a bracket at the end that is none of the text's own."""
_NOTICE = re.compile(r"\b(?:the post (?=.*\bfirst\b)|continue reading\b)", re.IGNORECASE)
_SENTENCE = re.compile(r".*(?:(?:[.!?][\])»”\"']?|[\])])\s|[…。！？])\s*(?=\S)", re.DOTALL)
_TRAILING = " \n.…→»>"
_BRACKETS = {")": "(", "]": "[", "）": "（", "/": "/"}
_DASHES = frozenset("-–—")

_CUES_HEAD = frozenset(
    fold(
        """
        updated published created posted modified обновлено опубликовано оновлено опубліковано aktualisiert
        veröffentlicht stand jour publie modifie actualizado publicado photo photos image images picture pictures
        photograph pic foto fotos фото світлина bild credit credito copyright by von par por автор текст
        """
    ).split()
)
_CUES_TAIL = (_CUES_HEAD - frozenset({"von", "par", "por"})) | frozenset(
    fold(
        """
        post article story beitrag entrada publicacion сообщение запись допис запис повідомлення
        continue keep read click tap full more читать читайте подробнее далее читати детальніше докладніше weiterlesen
        mehr lesen lire leer lea lee seguir اقرأ 続 阅 閱 sign subscribe follow join download rights
        advertisement inputs latest подпишитесь подписывайтесь следите підпишіться підписуйтесь підписуйтеся стежте
        abonnieren melden abonnez inscrivez suscribase suscribete siguenos
        reporting writing editing compiled edited written reported
        except staff feed agency agencies reuter reuters afp ap ani dpa tass pti ians efe ansa interfax
        """
    ).split()
)


class Body(NamedTuple):
    """Where the text itself stands: characters `start` to `end`, which are words `first` to `last`."""

    start: int
    end: int
    first: int
    last: int


def trimmed(text: str, words: Sequence[str]) -> Body:
    """Return where `text`, of these `words` (`worker.text.tokens.words_of`), is the text itself.

    Never all is trimmed: what consists of nothing else stays as it is.
    """
    start = _after_heads(text[:_HEAD], labelled=text[:1] == "©" or not _CUES_HEAD.isdisjoint(words[:_CUE_WORDS_HEAD]))
    first = len(words_of(text[:start])) if start else 0
    tail = text[-_TAIL:]
    cut = _before_tails(tail, cued=not _CUES_TAIL.isdisjoint(words[-_CUE_WORDS_TAIL:]))
    last = len(words) - (len(words_of(tail[cut:])) if cut < len(tail) else 0)
    end = len(text) - len(tail) + cut
    return Body(start, end, first, last) if first < last else Body(0, len(text), 0, len(words))


def _after_heads(head: str, *, labelled: bool) -> int:
    at = 0
    for _ in range(_MOST):
        after = (labelled and _after_label(head, at)) or _after_dateline(head, at)
        if not after:
            break
        at = after
    return at


def _after_label(head: str, at: int) -> int:
    """Where the next line begins if this one is a stamp, a credit or the author's name, else 0."""
    line, newline, _ = head[at : at + _LINE].partition("\n")
    if newline and (_CREDITED.match(line) or _STAMPED.search(line)):
        return at + len(line) + 1
    return 0


def _after_dateline(head: str, at: int) -> int:
    found = _HEAD_HINT.search(head, at, at + _LINE // 2) and _DATELINE.match(head, at)
    return found.end() if found else 0


def _before_tails(tail: str, *, cued: bool) -> int:
    end = len(tail)
    for _ in range(_MOST):
        kept = tail[:end].rstrip(_TRAILING)
        start = next((start for start in _last_starts(kept, cued=cued) if _CLOSING.match(kept, start)), None)
        if start is None:
            break
        end = start
    return end


def _last_starts(tail: str, *, cued: bool) -> Iterator[int]:
    """Where the last bracket, line, notice and sentence of `tail` begin, if it may be worth trying."""
    if bracket := _BRACKETS.get(tail[-1:]):
        yield max(0, tail.rfind(bracket, 0, -1))
    line = tail.rfind("\n") + 1
    if cued:
        yield line
        if notice := _NOTICE.search(tail, line):
            yield notice.start()
    if (cued or not _DASHES.isdisjoint(tail[-25:])) and (sentence := _SENTENCE.match(tail, line)):
        yield sentence.end()
