"""The words before a moment that a text names itself: published or updated then, in many languages. PURE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_UPDATED = (
    "updated|update|last updated|last update|latest update|modified|last modified|aktualisiert"
    "|zuletzt aktualisiert|stand|mis à jour|mise à jour|dernière mise à jour|modifié|actualizado|actualizada"
    "|última actualización|actualización|atualizado|atualizada|última atualização|atualização|aggiornato"
    "|aggiornata|ultimo aggiornamento|bijgewerkt|laatste update|uppdaterad|senast uppdaterad|oppdatert"
    "|sist oppdatert|opdateret|päivitetty|muokattu|aktualizacja|ostatnia aktualizacja|zaktualizowano"
    "|aktualizováno|aktualizované|aktualizovaná|frissítve|güncelleme|son güncelleme|güncelleme tarihi"
    "|son güncelleme tarihi|güncellendi|actualizat|ultima actualizare|posodobljeno|ažurirano|posljednja izmjena"
    "|poslednja izmena|atjaunots|atnaujinta|uuendatud|përditësuar|обновлено|обновление|последнее обновление"
    "|оновлено|оновлення|абноўлена|ажурирано|актуализирано|обновена|ενημερώθηκε|ενημέρωση|τελευταία ενημέρωση"
    "|yeniləndi|жаңартылды|更新|更新日時|更新时间|更新時間|更新于|更新於|最終更新|最終更新日|最后更新|最後更新"
    "|수정|최종수정|업데이트|기사수정|آخر تحديث|تم التحديث|تحديث|به‌روزرسانی|به روز رسانی|آخرین به‌روزرسانی"
    "|آخرین ویرایش|اپ ڈیٹ|עודכן|עודכן לאחרונה|עדכון אחרון|diperbarui|terakhir diperbarui|dikemas kini|cập nhật"
    "|cập nhật lúc|อัปเดต|อัปเดตล่าสุด|อัพเดท|แก้ไขล่าสุด|ปรับปรุงล่าสุด|अपडेट|अपडेटेड|अद्यतन|अंतिम अपडेट|আপডেট"
    "|আপডেটেড|நவீகரிக்கப்பட்டது"
)
_PUBLISHED = (
    "published|first published|originally published|date published|posted|created|issued|release date"
    "|veröffentlicht|erstellt|publiziert|erstmals veröffentlicht|publié|publiée|publication|date de publication"
    "|créé|mis en ligne|publicado|publicada|fecha de publicación|publicación|creado|publicação|data de publicação"
    "|pubblicato|pubblicata|gepubliceerd|publicerad|publisert|publiceret|udgivet|julkaistu|opublikowano"
    "|data publikacji|publikacja|dodano|utworzono|publikováno|publikované|vydáno|zveřejněno|megjelent|közzétéve"
    "|létrehozva|yayın|yayınlanma|yayınlanma tarihi|yayın tarihi|yayınlandı|giriş|giriş tarihi|oluşturulma"
    "|oluşturulma tarihi|publicat|data publicării|objavljeno|publicēts|paskelbta|avaldatud|botuar|dərc edilib"
    "|опубликовано|дата публикации|размещено|создано|опубліковано|дата публікації|створено|апублікавана|објављено"
    "|публикувано|жарияланды|δημοσιεύθηκε|δημοσιεύτηκε|δημοσίευση|发布|发布时间|发布于|發布|發布時間|發布於|发表"
    "|发表于|發表|公開|公開日時|掲載|配信|発行|発行日|発行日時|投稿|投稿日|입력|기사입력|등록|게시|نشر"
    "|نشر في|تاريخ النشر|تم النشر"
    "|نشرت|منتشر شده|تاریخ انتشار|انتشار|شائع|תאריך פרסום|פורסם|dipublikasikan|diterbitkan|terbit|xuất bản|đăng"
    "|đăng lúc|เผยแพร่|วันที่เผยแพร่|प्रकाशित|प्रकाशन|প্রকাশিত|প্রকাশ|வெளியிடப்பட்டது"
)
_UPDATES, _PUBLICATIONS = (frozenset(words.split("|")) for words in (_UPDATED, _PUBLISHED))
_UNSPACED = tuple(
    word for word in sorted(_UPDATES | _PUBLICATIONS) if word[0] > "\u3000" or "\u0e00" <= word[0] < "\u0e80"
)
"""Labels of scripts without spaces, which stand in no list of words."""
_FIRST_WORDS = frozenset(word.split()[0] for word in _UPDATES | _PUBLICATIONS)
_ALTERNATIVES = "|".join(map(re.escape, sorted(_UPDATES | _PUBLICATIONS, key=len, reverse=True)))
_LABEL = re.compile(rf"(?<!\w)(?P<said>{_ALTERNATIVES})(?>(?P<colon>\s?[:：]))?+(?![^\W\d_])(?!['’-]\w)", re.IGNORECASE)
_ALONE = re.compile(r"(?:^|[\n|()\[\]•·–—*.!?:;/>»\"”“،-]|\s\s|\d)\s?\Z")
"""What a label without a colon must stand behind: in running text "published" means nothing."""
_NO_WORD = re.compile(r"[\s:：|()\[\]•·,.;/*»«\"]+")


class Label(NamedTuple):
    """What a label says, and where in the text it begins and ends."""

    kind: Literal["published", "updated"]
    start: int
    end: int


def labels(text: str, start: int, end: int) -> Iterator[Label]:
    """The labels in a stretch of a text, in order."""
    stretch = text[start:end]
    if _FIRST_WORDS.isdisjoint(_NO_WORD.sub(" ", stretch.casefold()).split()) and (
        stretch.isascii() or not any(map(stretch.__contains__, _UNSPACED))
    ):
        return
    for found in _LABEL.finditer(text, start, end):
        if found["colon"] or _ALONE.search(text[max(0, found.start() - 3) : found.start()]):
            said = found["said"].casefold()
            yield Label("updated" if said in _UPDATES else "published", found.start(), found.end())
