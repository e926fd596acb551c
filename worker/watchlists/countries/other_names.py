"""What countries are called beside their name in CLDR as Babel carries it. PURE.

Babel leaves out CLDR's short and former names ("US", "Turkey", "Czech Republic"), and CLDR has one name a language,
which is not always the one that its newspapers use ("Южная Корея", "アメリカ"). From the usage of the press.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE: Final = """
AE en: UAE, U.A.E.; ru: Объединённые Арабские Эмираты, Арабские Эмираты; uk: ОАЕ; de: VAE; nl: VAE; pl: ZEA; es: EAU
   pt: EAU; ro: EAU; it: EAU; cs: SAE; tr: BAE; el: ΗΑΕ; ar: الإمارات; fa: امارات; ur: یو اے ای; hi: यूएई
   he: איחוד האמירויות, האמירויות; zh: 阿联酋; zh_Hant: 阿聯; ja: UAE
BA en: Bosnia; de: Bosnien-Herzegowina, Bosnien; fr: Bosnie; es: Bosnia; it: Bosnia; pt: Bósnia; nl: Bosnië
   ro: Bosnia; ru: Босния; uk: Боснія; pl: Bośnia; cs: Bosna; sk: Bosna; sl: Bosna; hr: Bosna, BiH; sr: Босна, БиХ
   bg: Босна; sr_Latn: Bosna, BiH; bs: Bosna, BiH; hu: Bosznia; sv: Bosnien; da: Bosnien; no: Bosnia; fi: Bosnia
   tr: Bosna; el: Βοσνία; ar: البوسنة; fa: بوسنی; he: בוסניה; zh: 波黑; ja: ボスニア; ko: 보스니아
BY de: Weißrussland; fr: Bélarus; it: Bielorussia; nl: Wit-Rusland; sv: Vitryssland; da: Hviderusland
   no: Hviterussland; ru: Белоруссия; tr: Beyaz Rusya; hu: Fehéroroszország; ar: روسيا البيضاء, بيلاروسيا; he: בלרוס
   ko: 벨로루시
CD en: DR Congo, D.R. Congo, DRC, Democratic Republic of Congo, Democratic Republic of the Congo
   fr: RDC, RD Congo, République démocratique du Congo; es: RDC, RD Congo; pt: RDC, República Democrática do Congo
   it: RDC, Repubblica Democratica del Congo; de: DR Kongo, Demokratische Republik Kongo; nl: DR Congo
   nl: Democratische Republiek Congo; ru: ДРК, ДР Конго, Демократическая Республика Конго; uk: ДР Конго
   uk: Демократична Республіка Конго; pl: DR Konga; cs: Demokratická republika Kongo, DR Kongo; sv: DR Kongo
   sv: Demokratiska republiken Kongo, Kongo-Kinshasa; da: DR Congo, Den Demokratiske Republik Congo; no: DR Kongo
   no: Den demokratiske republikken Kongo; ar: الكونغو الديمقراطية; zh: 刚果民主共和国; zh_Hant: 剛果民主共和國
   ko: 콩고민주공화국, 민주콩고; tr: Demokratik Kongo Cumhuriyeti; ja: コンゴ民主共和国
CF fr: Centrafrique; ru: ЦАР; uk: ЦАР
CG en: Republic of the Congo, Congo Republic; fr: République du Congo; es: República del Congo; de: Republik Kongo
   it: Repubblica del Congo; ja: コンゴ共和国; zh: 刚果共和国
CI en: Ivory Coast; es: Costa de Marfil; de: Elfenbeinküste; pl: Wybrzeże Kości Słoniowej; ro: Coasta de Fildeș
   ru: Берег Слоновой Кости; uk: Берег Слонової Кості; tr: Fildişi Sahili; zh: 象牙海岸; hi: आइवरी कोस्ट
   ko: 아이보리코스트
CN en: PRC; ru: КНР; uk: КНР; fr: RPC; ja: 中華人民共和国
CV de: Kap Verde, Kapverden; en: Cabo Verde; fr: Cabo Verde
CZ en: Czech Republic; de: Tschechische Republik; fr: République tchèque; es: República Checa; it: Repubblica Ceca
   pt: República Tcheca, República Checa; nl: Tsjechische Republiek; pl: Republika Czeska; cs: Česká republika
   sk: Česká republika; ru: Чешская Республика; uk: Чеська Республіка; ro: Republica Cehă; hu: Cseh Köztársaság
   sr: Чешка Република; hr: Češka Republika; sr_Latn: Češka Republika; sv: Tjeckiska republiken; bg: Чешката република
   da: Den Tjekkiske Republik; fi: Tšekin tasavalta; el: Τσεχική Δημοκρατία; tr: Çek Cumhuriyeti; hi: चेक गणराज्य
   ar: جمهورية التشيك, تشيكيا; fa: جمهوری چک; he: הרפובליקה הצ׳כית
DE ru: ФРГ; uk: ФРН; pl: RFN
FK en: Falklands; es: Malvinas
FR hr: Francuska
GB en: Britain, Great Britain, UK, U.K.; fr: Grande-Bretagne; de: Großbritannien; es: Gran Bretaña; it: Gran Bretagna
   pt: Grã-Bretanha; nl: Groot-Brittannië, VK; ru: Соединённое Королевство, Британия
   uk: Сполучене Королівство, Британія; pl: Zjednoczone Królestwo; cs: Velká Británie, Británie
   sk: Veľká Británia, Británia; sl: Velika Britanija; hr: Velika Britanija, Britanija
   sr: Велика Британија, Британија; sr_Latn: Velika Britanija, Britanija; bs: Velika Britanija, Britanija
   bg: Великобритания; ro: Marea Britanie; hu: Nagy-Britannia; fi: Britannia; et: Suurbritannia; lv: Lielbritānija
   lt: Didžioji Britanija; el: Βρετανία, Μεγάλη Βρετανία; tr: İngiltere, Britanya; ar: بريطانيا; fa: انگلیس, انگلستان
   ur: برطانیہ; he: הממלכה המאוחדת; hi: ब्रिटेन; bn: ব্রিটেন; mr: ब्रिटन; ja: 英国; vi: Anh; id: Inggris; th: อังกฤษ
   mk: Велика Британија; sq: Britania e Madhe, Britania
GE ja: グルジア; lt: Sakartvelas
HK en: Hong Kong; es: Hong Kong; fr: Hong Kong; it: Hong Kong; pt: Hong Kong; ro: Hong Kong; id: Hong Kong
   hr: Hong Kong; tr: Hong Kong; vi: Hồng Kông; de: Hongkong; nl: Hongkong; sv: Hongkong; da: Hongkong; no: Hongkong
   fi: Hongkong; pl: Hongkong; cs: Hongkong; sk: Hongkong; hu: Hongkong; sl: Hongkong; et: Hongkong; sr_Latn: Hongkong
   lt: Honkongas; lv: Honkonga; ru: Гонконг; uk: Гонконг; be: Ганконг; bg: Хонконг; sr: Хонгконг; mk: Хонгконг
   el: Χονγκ Κονγκ; ar: هونغ كونغ; fa: هنگ‌کنگ; ur: ہانگ کانگ; he: הונג קונג; hi: हांगकांग; bn: হংকং; th: ฮ่องกง; zh: 香港
   ja: 香港; ko: 홍콩
HN ar: الهندوراس
IN ur: انڈیا, ہندوستان
KG ru: Кыргызстан; uk: Киргизстан; de: Kirgisien
KP en: DPRK, Democratic People's Republic of Korea, N. Korea; ru: Северная Корея; zh: 北韩
   ko: 북조선, 조선민주주의인민공화국; fr: RPDC; cs: KLDR; sk: KĽDR; pl: KRLD; uk: КНДР; ja: 朝鮮民主主義人民共和国
KR en: Republic of Korea, S. Korea; ru: Южная Корея; de: Republik Korea; zh: 南韩, 大韩民国; zh_Hant: 韓國
   ja: 大韓民国; ko: 한국, 남한; be: Рэспубліка Карэя
LA en: Lao PDR; vi: Lào
MD de: Moldawien, Moldau; ru: Молдавия; fr: Moldova; es: Moldova; ro: Moldova; be: Малдова
ML ar: جمهورية مالي, دولة مالي, في مالي, شمال مالي, حكومة مالي, رئيس مالي; fa: کشور مالی, جمهوری مالی
   ur: جمہوریہ مالی
MM hu: Burma; ko: 버마; zh_Hant: 緬甸
MO en: Macau, Macao; es: Macao; fr: Macao; it: Macao; pt: Macau; de: Macau; nl: Macau; pl: Makau; cs: Macao; tr: Makao
   ru: Макао; uk: Макао; zh: 澳门; zh_Hant: 澳門; ja: マカオ; ko: 마카오; ar: ماكاو; hi: मकाऊ; th: มาเก๊า
MU es: isla Mauricio, República de Mauricio; fr: île Maurice; pt: ilhas Maurício, ilha Maurício
NL es: Holanda; pt: Holanda; it: Olanda; ro: Olanda; ru: Голландия; uk: Голландія; fi: Hollanti; el: Ολλανδία
   cs: Holandsko; de: Holland; sv: Holland; da: Holland; bg: Холандия; mk: Холандија
PK ar: الباكستان
PS en: Palestine, Palestinian Territory; fr: Palestine; es: Palestina; de: Palästina; it: Palestina; pt: Palestina
   nl: Palestina; sv: Palestina; da: Palæstina; no: Palestina; pl: Palestyna; cs: Palestina; sk: Palestína
   sl: Palestina; hu: Palesztina; ro: Palestina; hr: Palestina; sr: Палестина; sr_Latn: Palestina; ru: Палестина
   uk: Палестина; be: Палесціна; bg: Палестина; fi: Palestiina; et: Palestiina; lv: Palestīna; lt: Palestina
   el: Παλαιστίνη; tr: Filistin; az: Fələstin; kk: Палестина; ar: فلسطين; fa: فلسطین; ur: فلسطین; he: פלסטין
   hi: फ़िलिस्तीन, फिलिस्तीन; bn: ফিলিস্তিন; ta: பாலஸ்தீனம்; ka: პალესტინა; hy: Պաղեստին; zh: 巴勒斯坦; ja: パレスチナ
   ko: 팔레스타인; th: ปาเลสไตน์; id: Palestina; vi: Palestine
PY ar: الباراغواي
RE en: Reunion Island; fr: île de la Réunion; de: Insel Réunion; es: isla Reunión, isla de la Reunión
   it: isola della Riunione
RU en: Russian Federation; de: Russische Föderation; es: Federación Rusa; it: Federazione russa; pt: Federação Russa
   nl: Russische Federatie; pl: Federacja Rosyjska; cs: Ruská federace; sk: Ruská federácia; sv: Ryska federationen
   ru: РФ, Российская Федерация; uk: РФ, Російська Федерація; be: РФ, Расійская Федэрацыя; bg: Руската федерация
   ro: Federația Rusă; hr: Ruska Federacija; sr: Руска Федерација; zh: 俄国; vi: Nga, Liên bang Nga
SA ar: السعودية; fa: عربستان; de: Saudiarabien; es: Arabia Saudita; he: סעודיה; zh: 沙特; ja: サウジ; ko: 사우디
SD ko: 수단 정부, 수단 정부군, 수단 내전, 수단 군부, 수단 수도, 수단 공화국, 북수단
SV en: El Salvador; fr: El Salvador; pt: El Salvador
SY ur: ملک شام
SZ en: Swaziland; de: Swasiland; fr: Swaziland; it: Swaziland; es: Suazilandia; ru: Свазиленд; uk: Свазіленд
   nl: Swaziland
TL en: East Timor; de: Osttimor; es: Timor Oriental; da: Østtimor; pt: Timor Leste; ru: Тимор-Лешти
TR en: Turkey; hi: तुर्की, टर्की; mr: तुर्कस्तान, तुर्की; ne: टर्की; ta: துருக்கி; te: టర్కీ; kn: ಟರ್ಕಿ; ml: തുർക്കി; gu: તુર્કી; ko: 터키
   id: Turki
TW en: Chinese Taipei; zh_Hant: 臺灣
UA hi: युक्रेन; ta: உக்ரேன்; vi: U-crai-na; he: אוקריינה; fa: اوکرائین
US ru: Соединённые Штаты; en: United States of America, US, USA, U.S., U.S.A.; es: EE. UU., EEUU; pt: EUA; ca: EUA
   de: USA; it: USA; nl: VS; pl: USA; cs: USA; sk: USA; hu: USA; fi: USA; et: USA; ro: SUA, Statele Unite; ru: США
   uk: США; be: ЗША; bg: САЩ; sr: САД; hr: SAD; sr_Latn: SAD; bs: SAD; sl: ZDA; mk: САД; lv: ASV; lt: JAV; tr: ABD
   az: ABŞ; el: ΗΠΑ; sq: SHBA; hy: ԱՄՆ; ka: აშშ; kk: АҚШ; ky: АКШ; uz: AQSh; eu: AEB; sv: Förenta staterna
   ar: أمريكا, أميركا; fa: آمریکا, امریکا; ur: امریکہ, امریکا; he: ארה״ב; hi: अमेरिका; mr: अमेरिका; ne: अमेरिका
   bn: আমেরিকা; te: అమెరికా; kn: ಅಮೆರಿಕ, ಅಮೇರಿಕಾ; ml: അമേരിക്ക; gu: અમેરિકા; pa: ਅਮਰੀਕਾ; si: ඇමෙරිකාව; ja: 米国, アメリカ
   th: สหรัฐ; vi: Mỹ
UY ar: الأوروغواي
VA en: Vatican, Holy See; fr: Vatican, Saint-Siège; es: Vaticano, Santa Sede; it: Vaticano, Santa Sede
   pt: Vaticano, Santa Sé; de: Vatikan, Heiliger Stuhl; nl: Vaticaan; sv: Vatikanen; da: Vatikanet; no: Vatikanet
   pl: Stolica Apostolska; ro: Vatican; lt: Vatikanas; ja: バチカン; uk: Святий Престол; ru: Святой Престол
VN en: Viet Nam; fr: Vietnam; ar: الفيتنام
ZA ru: ЮАР, Южная Африка; uk: ПАР, Південна Африка; be: ПАР; pl: RPA; cs: Jižní Afrika, JAR; hu: Dél-Afrika
   et: Lõuna-Aafrika; lv: Dienvidāfrika; hr: Južna Afrika; sr: Јужна Африка; sr_Latn: Južna Afrika; sl: Južna Afrika
   es: Suráfrica; ko: 남아공, 남아프리카공화국; ka: სამხრეთ აფრიკა; hy: Հարավային Աֆրիկա; ky: Түштүк Африка
   uz: Janubiy Afrika
"""
"""A country a paragraph: its code, then "locale: name, name" parted by ";" or the end of a line."""

_LONGER: Final = """
CN: South China Morning Post
GE: Georgia Tech
GN: guinea pig, guinea pigs, guinea fowl
IE: Northern Ireland, Irlande du Nord, Irlanda del Norte, Irlanda del Nord, Irlanda do Norte, Irlanda de Nord
    Noord-Ierland, Severní Irsko, Северная Ирландия, Північна Ірландія, Irlandia Północna, Северна Ирландия
    Észak-Írország, 北爱尔兰, 北愛爾蘭, 北アイルランド, 북아일랜드, أيرلندا الشمالية
IN: 印度洋, 印度教, インド洋
JE: New Jersey, Nueva Jersey, Nova Jersey, Nowy Jersey, Нью-Джерси, Нью-Джерсі, Ню Джърси, न्यू जर्सी, নিউ জার্সি
ML: 马里兰, 马里奥, 馬利蘭, 馬里蘭
MX: New Mexico, Nuevo México, Nouveau-Mexique, Novo México, Nuovo Messico, Nowy Meksyk, Нью-Мексико, 新墨西哥
"""
"""What holds the name of a country, is something else, and is not in CLDR: a country a paragraph."""


@cache
def other_names() -> dict[str, list[tuple[str, str]]]:
    """Return what countries are called too: code -> (locale of CLDR, name)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, text in _paragraphs(_TABLE):
        for part in text.split(";"):
            locale, _, names = part.partition(":")
            found.setdefault(code, []).extend((locale.strip(), name.strip()) for name in names.split(","))
    return found


@cache
def longer_names() -> dict[str, list[str]]:
    """Return what holds the name of a country and is something else: code -> names, in no certain language."""
    return {code: [name.strip() for name in text.replace(";", ",").split(",")] for code, text in _paragraphs(_LONGER)}


def _paragraphs(table: str) -> Iterator[tuple[str, str]]:
    """Yield the code of each paragraph and its text, the ends of lines as ";"."""
    for paragraph in re.split(r"\n(?=\S)", table.strip()):
        yield paragraph[:2], ";".join(line.strip() for line in paragraph[2:].strip(": ").split("\n"))
