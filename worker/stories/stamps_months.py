"""The months' names in some sixty languages, and the days of two other calendars. PURE."""

from __future__ import annotations

from datetime import date

_NAMES = (
    (
        "ene | enero | gen | gener | gennaio | ian | ianuarie | jaan | jaanuar | jan | janar | janeiro | januar | "
        "januari | januarie | january | január | januára | janv | janvier | janvāris | led | leden | ledna | oca | "
        "ocak | saus | sausio | sausis | sij | siječanj | siječnja | sty | styczeń | stycznia | tammi | tammikuu | "
        "tammikuuta | urt | urtarrila | xan | xaneiro | yan | yanvar | ιαν | ιανουάριοσ | ιανουαρίου | сту | студзень "
        "| студзеня | січ | січень | січня | янв | январь | января | яну | януари | јан | јануар | јануари | қаң | "
        "қаңтар | հնվ | հունվար | հունվարի | ינו | ינואר | جانفي | جنوری | كانون الثاني | يناير | ژانویه | ژانویهٔ | "
        "जन | जनवरी | জানু | জানুয়ারী | ஜன | ஜனவரி | జన | జనవరి | ม.ค | มกราคม | იან | იანვარი"
    ),
    (
        "feb | febbraio | febr | febreiro | febrer | febrero | februar | februari | februarie | february | február | "
        "februára | februāris | fev | fevereiro | fevral | févr | février | helmi | helmikuu | helmikuuta | lut | "
        "lutego | luty | ots | otsaila | shk | shkurt | vas | vasario | vasaris | veebr | veebruar | velj | veljača | "
        "veljače | úno | únor | února | şub | şubat | φεβ | φεβρουάριοσ | φεβρουαρίου | ақп | ақпан | лют | лютага | "
        "лютий | лютого | люты | феб | фебруар | фев | февр | февраль | февраля | февруари | փետրվար | փետրվարի | փտվ "
        "| פבר | פברואר | شباط | فبراير | فروری | فوریه | فوریهٔ | فيفري | फ़र | फ़रवरी | ফেব | ফেব্রুয়ারী | பிப் | "
        "பிப்ரவரி | ఫిబ్ర | ఫిబ్రవరి | ก.พ | กุมภาพันธ์ | თებ | თებერვალი"
    ),
    (
        "bře | březen | března | kov | kovas | kovo | maalis | maaliskuu | maaliskuuta | maart | mac | machi | mar | "
        "marca | march | marec | maret | mars | mart | martie | marts | martxoa | marzec | marzo | març | março | mrt "
        "| márc | március | mär | märts | märz | ožu | ožujak | ožujka | μάρ | μάρτιοσ | μαρ | μαρτίου | бер | "
        "березень | березня | мар | март | марта | нау | наурыз | сак | сакавік | сакавіка | մարտ | մարտի | մրտ | מרץ "
        "| آذار | اذار | مارس | مارچ | मार्च | মার্চ | மார் | மார்ச் | మార్చి | มี.ค | มีนาคม | მარ | მარტი"
    ),
    (
        "abr | abril | api | apirila | apr | aprel | april | aprile | aprili | aprilie | aprill | apríl | apríla | "
        "aprīlis | avr | avril | bal | balandis | balandžio | dub | duben | dubna | huhti | huhtikuu | huhtikuuta | "
        "kwi | kwiecień | kwietnia | nis | nisan | pri | prill | tra | travanj | travnja | ápr | április | απρ | "
        "απρίλιοσ | απριλίου | апр | апрель | апреля | април | квіт | квітень | квітня | кра | красавік | красавіка | "
        "сәу | сәуір | ապր | ապրիլ | ապրիլի | אפר | אפריל | آوریل | أبريل | أفريل | إبريل | ابريل | اپریل | نيسان | "
        "अप्रैल | এপ্রি | এপ্রিল | ஏப் | ஏப்ரல் | ఏప్రి | ఏప్రిల్ | เม.ย | เมษายน | აპრ | აპრილი"
    ),
    (
        "geg | gegužė | gegužės | kvě | květen | května | mag | maggio | mai | maiatza | maig | maijs | maio | maj | "
        "maja | may | mayo | mayıs | mei | máj | mája | május | svi | svibanj | svibnja | touko | toukokuu | "
        "toukokuuta | μάι | μάιοσ | μαΐ | μαΐου | май | мам | мамыр | мая | мај | трав | травень | травня | մայիս | "
        "մայիսի | մյս | מאי | أيار | ايار | مئی | ماي | مايو | مه | مهٔ | मई | মে | மே | మే | พ.ค | พฤษภาคม | მაი | "
        "მაისი"
    ),
    (
        "birž | birželio | birželis | cze | czerwca | czerwiec | eka | ekaina | giu | giugno | haz | haziran | iun | "
        "iunie | iyn | iyun | juin | jun | june | junho | juni | junie | junij | junio | juny | juuni | jún | júna | "
        "június | jūn | jūnijs | kesä | kesäkuu | kesäkuuta | lipanj | lipnja | qer | qershor | xuño | červen | "
        "června | čvn | ιουν | ιουνίου | ιούν | ιούνιοσ | июн | июнь | июня | мау | маусым | черв | червень | червня "
        "| чэр | чэрвень | чэрвеня | юни | јун | јуни | հնս | հունիս | հունիսի | יוני | جوان | جون | حزيران | يونية | "
        "يونيو | ژوئن | जून | জুন | ஜூன் | జూన్ | มิ.ย | มิถุนายน | ივნ | ივნისი"
    ),
    (
        "heinä | heinäkuu | heinäkuuta | iul | iulie | iyl | iyul | juil | juillet | jul | julai | julho | juli | "
        "julie | julij | julio | juliol | july | juuli | júl | júla | július | jūl | jūlijs | korr | korrik | liep | "
        "liepa | liepos | lipca | lipiec | lug | luglio | srpanj | srpnja | tem | temmuz | uzt | uztaila | xul | "
        "xullo | července | červenec | čvc | ιουλ | ιουλίου | ιούλ | ιούλιοσ | июл | июль | июля | лип | липень | "
        "липня | ліп | ліпень | ліпеня | шіл | шілде | юли | јул | јули | հլս | հուլիս | հուլիսի | יולי | تموز | "
        "جولائی | جويلية | يوليو | يوليوز | ژوئیه | ژوئیهٔ | जुल | जुलाई | জুল | জুলাই | ஜூலை | జులై | ก.ค | กรกฎาคม "
        "| ივლ | ივლისი"
    ),
    (
        "abu | abuztua | ag | ago | agost | agosti | agosto | agu | agustus | août | aug | august | augusta | augusti "
        "| augusts | augustus | augusztus | avg | avgust | avq | avqust | ağu | ağustos | elo | elokuu | elokuuta | "
        "gush | gusht | kol | kolovoz | kolovoza | ogo | ogos | rugp | rugpjūtis | rugpjūčio | sie | sierpień | "
        "sierpnia | srpen | srpna | αυγ | αυγούστου | αύγ | αύγουστοσ | авг | август | августа | жні | жнівень | "
        "жніўня | серп | серпень | серпня | там | тамыз | օգոստոս | օգոստոսի | օգս | אוג | אוגוסט | آب | أغسطس | أوت "
        "| اغسطس | اوت | اگست | غشت | अग | अगस्त | আগ | আগস্ট | ஆக | ஆகஸ்ட் | ఆగ | ఆగస్టు | ส.ค | สิงหาคม | აგვ | "
        "აგვისტო"
    ),
    (
        "eyl | eylül | ira | iraila | rugs | rugsėjis | rugsėjo | ruj | rujan | rujna | sen | sentabr | sentyabr | "
        "sep | sept | septemba | septembar | september | septembra | septembre | septembrie | septembris | septiembre "
        "| set | setembre | setembro | settembre | sht | shtator | syys | syyskuu | syyskuuta | szept | szeptember | "
        "wrz | wrzesień | września | zář | září | σεπ | σεπτέμβριοσ | σεπτεμβρίου | вер | верасень | верасня | "
        "вересень | вересня | сент | сентябрь | сентября | сеп | септембар | септември | қыр | қыркүйек | սեպ | "
        "սեպտեմբեր | սեպտեմբերի | ספט | ספטמבר | أيلول | ايلول | سبتمبر | ستمبر | سپتامبر | شتنبر | सित | सितंबर | "
        "সেপ | সেপ্টেম্বর | செப் | செப்டம்பர் | సెప్టెం | సెప్టెంబర్ | ก.ย | กันยายน | სექ | სექტემბერი"
    ),
    (
        "eki | ekim | loka | lokakuu | lokakuuta | oct | october | octobre | octombrie | octubre | okt | oktabr | "
        "oktoba | oktobar | oktober | oktobris | oktoober | oktyabr | október | októbra | ott | ottobre | out | "
        "outubro | paź | październik | października | spal | spalio | spalis | tet | tetor | urr | urria | říj | "
        "říjen | října | οκτ | οκτωβρίου | οκτώβριοσ | жовт | жовтень | жовтня | кас | кастрычнік | кастрычніка | окт "
        "| октобар | октомври | октябрь | октября | қаз | қазан | հոկ | հոկտեմբեր | հոկտեմբերի | אוק | אוקטובר | "
        "أكتوبر | اكتوبر | اکتبر | اکتوبر | تشرين الأول | अक्टू | अक्टूबर | অক্টো | অক্টোবর | அக் | அக்டோபர் | అక్టో "
        "| అక్టోబర్ | ต.ค | ตุลาคม | ოქტ | ოქტომბერი"
    ),
    (
        "aza | azaroa | kas | kasım | lapkr | lapkritis | lapkričio | listopadu | marras | marraskuu | marraskuuta | "
        "noiembrie | nov | novemba | novembar | november | novembra | novembre | novembris | novembro | noviembre | "
        "noy | noyabr | nën | nëntor | stu | studeni | studenoga | νοέ | νοέμβριοσ | νοε | νοεμβρίου | лист | "
        "листопад | листопада | ліс | лістапад | лістапада | нов | новембар | ное | ноември | нояб | ноябрь | ноября "
        "| қар | қараша | նոյ | նոյեմբեր | նոյեմբերի | נוב | נובמבר | تشرين الثاني | نوامبر | نوفمبر | نومبر | نونبر "
        "| नव | नवंबर | নভে | নভেম্বর | நவ | நவம்பர் | నవం | నవంబర్ | พ.ย | พฤศจิกายน | ნოე | ნოემბერი"
    ),
    (
        "abe | abendua | ara | aralık | dec | decembar | december | decembra | decembrie | decembris | decembro | dek "
        "| dekabr | des | desemba | desember | desembre | dets | detsember | dez | dezember | dezembro | dhj | "
        "dhjetor | dic | dicembre | diciembre | dis | disember | déc | décembre | gru | grudnia | grudzień | gruod | "
        "gruodis | gruodžio | joulu | joulukuu | joulukuuta | pro | prosinac | prosinca | prosince | prosinec | δεκ | "
        "δεκέμβριοσ | δεκεμβρίου | груд | грудень | грудня | дек | декабрь | декабря | декември | дец | децембар | "
        "жел | желтоқсан | сне | снежань | снежня | դեկ | դեկտեմբեր | դեկտեմբերի | דצמ | דצמבר | دجنبر | دسامبر | "
        "دسمبر | ديسمبر | كانون الأول | दिस | दिसंबर | ডিসে | ডিসেম্বর | டிச | டிசம்பர் | డిసెం | డిసెంబర్ | ธ.ค | "
        "ธันวาคม | დეკ | დეკემბერი"
    ),
)
"""January first: names and abbreviations, standing alone and inflected, from CLDR; Arabic ones of the Gulf, the Levant
and the Maghreb. Words that are two months in two languages (listopad, srp ...) are left out: better none than wrong."""
_JALALI_NAMES = "فروردین | اردیبهشت | خرداد | تیر | مرداد | شهریور | مهر | آبان | آذر | دی | بهمن | اسفند"
_MONTHS = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split(" | ")}
_JALALI_MONTHS = {name: month for month, name in enumerate(_JALALI_NAMES.split(" | "), 1)}
_BUDDHIST_AHEAD = 543
_BUDDHIST_YEARS = range(2500, 2700)
_JALALI_YEARS = range(1368, 1450)
_LONG_JALALI_MONTHS = 6
"""Its first six months have 31 days, the next five 30, the last 29 or 30."""
_JALALI_ERA = 1_595
_DAY_OF_JALALI = -356_033
"""Where the count of days below begins, so that 1 Farvardin 1400 is 21 March 2021."""


def month_named(word: str) -> int | None:
    """1 to 12 for a month of the Gregorian calendar, by name in any language known here; else None."""
    return _MONTHS.get(word.casefold())


def jalali_month_named(word: str) -> int | None:
    """1 to 12 for a month of the Iranian calendar, Farvardin first; else None."""
    return _JALALI_MONTHS.get(word)


def gregorian(year: int, month: int, day: int, *, jalali: bool = False) -> date | None:
    """The day in our calendar: of the Iranian with `jalali` or where the year is one of its, of the Thai by its year.

    None where there is no such day.
    """
    try:
        if year in _JALALI_YEARS:
            return _from_jalali(year, month, day)
        return None if jalali else date(year - _BUDDHIST_AHEAD if year in _BUDDHIST_YEARS else year, month, day)
    except ValueError:
        return None


def _from_jalali(year: int, month: int, day: int) -> date:
    """By the rule of 33 years, which is the observed calendar's from 1370 to 1409 (1991 to 2030) and beyond."""
    if not 1 <= month <= 12 or not 1 <= day <= (31 if month <= _LONG_JALALI_MONTHS else 30):  # noqa: PLR2004 - a calendar's
        raise ValueError((year, month, day))
    years = year + _JALALI_ERA
    before = 31 * (month - 1) - max(0, month - 1 - _LONG_JALALI_MONTHS)
    return date.fromordinal(365 * years + years // 33 * 8 + (years % 33 + 3) // 4 + before + day + _DAY_OF_JALALI)
