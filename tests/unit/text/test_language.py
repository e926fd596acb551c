from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text.language import language_of
from worker.text.tokens import words_of

NEWS = {
    "en": "The parliament has approved the new budget after a long debate, but the opposition said that it would go "
    "to court. Ministers who had voted against the bill were asked to explain their decision.",
    "de": "Das Parlament hat den neuen Haushalt nach einer langen Debatte gebilligt, doch die Opposition will vor "
    "Gericht ziehen. Minister, die gegen das Gesetz gestimmt haben, sollen sich nun erklären.",
    "fr": "Le parlement a adopté le nouveau budget après un long débat, mais l'opposition a annoncé qu'elle saisirait "
    "la justice. Les ministres qui ont voté contre le texte sont priés de s'expliquer dans les jours à venir.",
    "es": "El parlamento aprobó el nuevo presupuesto después de un largo debate, pero la oposición dijo que acudirá a "
    "los tribunales. Los ministros que votaron en contra tendrán que explicar su decisión y sus motivos.",
    "it": "Il parlamento ha approvato il nuovo bilancio dopo un lungo dibattito, ma l'opposizione ha detto che si "
    "rivolgerà ai giudici. I ministri che hanno votato contro la legge sono stati invitati a spiegare la scelta.",
    "pt": "O parlamento aprovou o novo orçamento depois de um longo debate, mas a oposição disse que vai recorrer aos "
    "tribunais. Os ministros que votaram contra a lei também foram chamados a explicar a sua decisão.",
    "nl": "Het parlement heeft de nieuwe begroting na een lang debat goedgekeurd, maar de oppositie zegt dat zij naar "
    "de rechter zal stappen. Ministers die tegen de wet stemden, moeten hun keuze ook nog uitleggen.",
    "sv": "Riksdagen har godkänt den nya budgeten efter en lång debatt, men oppositionen säger att den ska gå till "
    "domstol. Ministrar som röstade mot förslaget måste nu förklara sitt beslut och vad de vill göra.",
    "no": "Stortinget har vedtatt det nye budsjettet etter en lang debatt, men opposisjonen sier at den vil gå til "
    "retten. Statsråder som stemte mot forslaget, må nå forklare hvorfor de ikke var enige, og hva de vil.",
    "nn": "Stortinget har vedteke det nye budsjettet etter ein lang debatt, men opposisjonen seier at han vil gå til "
    "retten. Statsrådar som røysta mot framlegget, må no forklare kvifor dei ikkje var samde, og kva dei vil.",
    "da": "Folketinget har vedtaget det nye budget efter en lang debat, men oppositionen siger, at den vil gå til "
    "retten. Ministre, der stemte imod forslaget, blev bedt om at forklare, hvad de mente, og hvorfor de ikke var "
    "enige.",
    "fi": "Eduskunta on hyväksynyt uuden talousarvion pitkän keskustelun jälkeen, mutta oppositio sanoo, että se vie "
    "asian oikeuteen. Ministerit, jotka äänestivät lakia vastaan, joutuvat nyt myös selittämään päätöksensä.",
    "et": "Riigikogu kiitis pärast pikka arutelu uue eelarve heaks, kuid opositsioon ütles, et läheb kohtusse. "
    "Ministrid, kes hääletasid seaduse vastu, peavad nüüd oma otsust selgitama, aga nad ei ole seda veel teinud.",
    "lt": "Seimas po ilgų diskusijų patvirtino naująjį biudžetą, tačiau opozicija sako, kad kreipsis į teismą. "
    "Ministrai, kurie balsavo prieš įstatymą, dabar turi paaiškinti savo sprendimą ir kaip jie elgsis.",
    "lv": "Saeima pēc ilgām debatēm apstiprināja jauno budžetu, taču opozīcija saka, ka vērsīsies tiesā. Ministri, kas "
    "balsoja pret likumu, tagad ir aicināti skaidrot savu lēmumu, un viņi to arī darīs līdz vakaram.",
    "pl": "Sejm przyjął nowy budżet po długiej debacie, jednak opozycja zapowiada, że skieruje sprawę do sądu. "
    "Ministrowie, którzy nie poparli ustawy, będą teraz musieli się tłumaczyć przez swoich posłów oraz rzeczników.",
    "cs": "Sněmovna schválila nový rozpočet po dlouhé debatě, opozice ale řekla, že se obrátí na soud. Ministři, kteří "
    "nebo hlasovali proti, jsou nyní vyzváni, aby své rozhodnutí vysvětlili, protože podle vlády není jasné.",
    "sk": "Parlament schválil nový rozpočet po dlhej rozprave, opozícia však hovorí, že sa obráti na súd. Ministri, "
    "ktorí hlasovali proti, musia podľa vlády vysvetliť svoje rozhodnutie, alebo odísť, keď to neurobia.",
    "sl": "Parlament je po dolgi razpravi potrdil nov proračun, opozicija pa pravi, da bo šla na sodišče. Ministri, ki "
    "so glasovali proti zakonu, bodo zdaj morali pojasniti svojo odločitev, saj brez tega tudi vlada ne more dalje.",
    "hr": "Sabor je nakon duge rasprave prihvatio novi proračun, no oporba kaže da će se obratiti sudu. Ministri koji "
    "su glasovali protiv zakona moraju do kraja lipnja objasniti tko ih je i zbog čega na to nagovorio.",
    "hu": "A parlament hosszú vita után elfogadta az új költségvetést, de az ellenzék szerint a bíróság elé kell vinni. "
    "Azok a miniszterek, akik nem szavazták meg a törvényt, most magyarázatot kell, hogy adjanak, mert már várják.",
    "ro": "Parlamentul a aprobat noul buget după o dezbatere lungă, iar opoziția spune că va merge în instanță. "
    "Miniștrii care au votat împotriva legii sunt chemați să explice pentru ce nu au fost de acord și ce vor face.",
    "tr": "Meclis uzun bir tartışmanın ardından yeni bütçeyi kabul etti, ancak muhalefet mahkemeye gideceğini söyledi. "
    "Yasaya karşı oy kullanan bakanlar kararlarını açıklamak için çağrıldı ve bunun nedenlerini olduğu gibi anlattı.",
    "vi": "Quốc hội đã thông qua ngân sách mới sau một cuộc tranh luận dài, nhưng phe đối lập nói sẽ đưa vụ việc ra tòa. "
    "Những bộ trưởng không ủng hộ luật này được yêu cầu giải thích quyết định của họ với các cử tri trong tuần.",
    "id": "Parlemen menyetujui anggaran baru setelah perdebatan panjang, tetapi oposisi mengatakan bahwa mereka akan "
    "membawa masalah itu ke pengadilan. Para menteri yang tidak setuju diminta menjelaskan keputusan tersebut.",
    "ms": "Parlimen meluluskan belanjawan baharu selepas perbahasan yang panjang, tetapi pembangkang berkata akan "
    "membawa perkara itu ke mahkamah. Menteri kerajaan yang tidak bersetuju diminta memberi penjelasan kerana itu.",
    "uk": "Парламент після довгих дебатів ухвалив новий бюджет, але опозиція заявила, що звернеться до суду. Міністри, "
    "які голосували проти закону, мають тепер пояснити своє рішення, бо це вже не перший випадок цього року.",
    "ru": "Парламент после долгих дебатов принял новый бюджет, но оппозиция заявила, что обратится в суд. Министры, "
    "которые голосовали против закона, должны теперь объяснить свое решение, чтобы его поняли и если это нужно.",
    "be": "Парламент пасля доўгіх дэбатаў прыняў новы бюджэт, але апазіцыя заявіла, што звернецца ў суд. Міністры, "
    "якія галасавалі супраць закона, павінны цяпер растлумачыць сваё рашэнне, каб яго зразумелі таксама іншыя.",
    "bg": "Парламентът одобри новия бюджет след дълъг дебат, но опозицията каза, че ще отиде на съд. Министрите, които "
    "гласуваха против закона, трябва да обяснят решението си, като това беше поискано от тях през нощта.",
    "sr": "Скупштина је после дуге расправе усвојила нови буџет, али опозиција каже да ће се обратити суду. Министри "
    "који су гласали против закона морају да објасне своју одлуку, јер још није јасно како ће влада даље.",
    "mk": "Собранието по долга расправа го усвои новиот буџет, но опозицијата вели дека ќе оди на суд. Министрите кои "
    "гласаа против законот ќе мора да ја објаснат својата одлука, бидејќи има луѓе што не ги разбираат.",
    "ar": "وافق البرلمان على الميزانية الجديدة بعد نقاش طويل، لكن المعارضة قالت إنها ستلجأ إلى القضاء. وطلب من الوزراء "
    "الذين صوتوا ضد القانون أن يشرحوا موقفهم خلال هذا الأسبوع.",
    "fa": "مجلس پس از بحثی طولانی بودجه جدید را تصویب کرد، اما مخالفان گفتند که به دادگاه می‌روند. از وزیرانی که به این "
    "قانون رأی ندادند خواسته شده است تصمیم خود را برای مردم توضیح دهند.",
    "ur": "پارلیمنٹ نے طویل بحث کے بعد نئے بجٹ کی منظوری دے دی ہے لیکن اپوزیشن نے کہا ہے کہ وہ عدالت میں جائے گی۔ جن "
    "وزرا نے قانون کے خلاف ووٹ دیا ان سے اس کی وجہ پوچھی گئی ہے۔",
    "hi": "संसद ने लंबी बहस के बाद नए बजट को मंजूरी दे दी है, लेकिन विपक्ष ने कहा कि वह अदालत में जाएगा। जिन मंत्रियों ने कानून के खिलाफ "
    "मतदान किया उनसे अपने फैसले का कारण बताने को कहा गया है।",
    "el": "Η Βουλή ενέκρινε τον νέο προϋπολογισμό.",
    "he": "הכנסת אישרה את התקציב החדש.",
    "yi": "דער פּאַרלאַמענט האט אָנגענומען דעם בודזשעט און איז געווען צופרידן מיט זיך.",
    "hy": "Խորհրդարանը հաստատեց նոր բյուջեն։",
    "ka": "პარლამენტმა ახალი ბიუჯეტი დაამტკიცა.",
    "th": "รัฐสภาอนุมัติงบประมาณใหม่",
    "lo": "ສະພາຮັບຮອງງົບປະມານໃໝ່",
    "km": "រដ្ឋសភាអនុម័តថវិកាថ្មី",
    "my": "လွှတ်တော်က ဘတ်ဂျက်အသစ်ကို အတည်ပြု",
    "ko": "국회가 새 예산안을 통과시켰다",
    "ja": "国会が新しい予算案を可決した",
    "zh": "议会通过了新的预算案，反对党表示不满",
    "ta": "நாடாளுமன்றம் புதிய பட்ஜெட்டை அங்கீகரித்தது",
    "te": "పార్లమెంట్ కొత్త బడ్జెట్‌ను ఆమోదించింది",
}
LONG = {language: text for language, text in NEWS.items() if len(text) > 120}
LUXEMBOURGISH = (
    "De Premierminister huet gëschter gesot, datt d'Regierung den neie Budget am Parlament wäert virleeën, an "
    "d'Oppositioun ass net zefridden"
)
"""A language of which no common words are listed."""
TRAPS = [
    *[(one, other) for one in ("uk", "ru", "be", "bg") for other in ("uk", "ru", "be", "bg") if one != other],
    *[("sv", "no"), ("da", "sv"), ("pt", "es"), ("es", "pt"), ("cs", "pl"), ("de", "nl"), ("fa", "ar"), ("ur", "fa")],
]


@pytest.mark.parametrize("language", NEWS)
def test_without_a_claim_the_words_tell(language: str) -> None:
    assert language_of("", NEWS[language], None) == language


@pytest.mark.parametrize("language", NEWS)
def test_a_true_claim_holds(language: str) -> None:
    assert language_of("", NEWS[language], language) == language
    assert language_of(NEWS[language][:30], "", f"{language}-XX") == f"{language}-xx"


@pytest.mark.parametrize("language", LONG)
def test_a_false_claim_of_english_is_overruled(language: str) -> None:
    assert language_of("", LONG[language], "en-US") == ("en-us" if language == "en" else language)


@pytest.mark.parametrize(("language", "claimed"), TRAPS)
def test_neighbours_are_told_apart(language: str, claimed: str) -> None:
    assert language_of("", NEWS[language], claimed) == language


@pytest.mark.parametrize(
    ("language", "claimed"), [("nn", "nb"), ("no", "nn"), ("hr", "sr-latn"), ("hr", "bs"), ("ms", "id"), ("id", "ms")]
)
def test_of_languages_too_near_to_each_other_the_claim_is_believed(language: str, claimed: str) -> None:
    assert language_of("", NEWS[language], claimed) == claimed


@pytest.mark.parametrize(
    ("text", "claimed", "language"),
    [
        # Letters that the claimed language does not have are enough.
        ("Президент України приїхав до Києва, її зустріли", "ru", "uk"),
        ("Что вы думаете об этом, если бы вы были президентом", "uk", "ru"),
        # One foreign name is not.
        ("Что думает об этом Євген, если бы он был президентом", "ru", "ru"),
        # A script that a language is not written in is, if there is enough of it.
        ("Zelensky visits Washington for talks with the president", "uk", "en"),
        ("Zelensky: NATO", "uk", "uk"),
        ("议会通过了新的预算案，反对党表示不满", "en", "zh"),
        ("预算案", "en", "en"),
        ("国会が新しい予算案を可決した", "zh-cn", "ja"),
        ("国会予算案可決首相声明", "ja", "ja"),
        # Contradicted, but by what is not known: unknown rather than wrong.
        ("Xylo Quarz Blik Tromf Vexel Zyq Krumm Opal Fint Dux", "uk", None),
        # Too short to contradict.
        ("Der Präsident hat gesprochen", "en", "en"),
        ("Президент сказав", "ru", "ru"),
        # Of no words known, or of no script known.
        ("Die Regierung hat gestern nicht über das Gesetz abgestimmt, weil " * 3, "lb", "lb"),
        ("Президент после этого был в Москве", "xyz", "xyz"),
        # Serbian has two scripts, a Montenegrin claim is kin to it.
        ("Predsednik je posle toga bio u Beogradu i rekao", "sr", "sr"),
        ("Председник је после тога био у Београду и рекао", "cnr", "cnr"),
    ],
)
def test_claims_against_texts(text: str, claimed: str, language: str | None) -> None:
    assert language_of(text, "", claimed) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "2022",
        "🇺🇦 🇵🇱",
        "NATO",
        "Ukraine war",
        "Macron Berlin Putin",
        "Σ",
        "αβ",
        "预算",
        "Київ",
        "Kyiv Київ Київ Kyiv",
    ],
)
def test_what_is_too_short_is_unknown(text: str) -> None:
    assert language_of(text, "", None) is None
    assert language_of(text, "", "und") is None
    assert language_of(text, "", "EN_gb") == "en-gb"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Proširena je lista država sa kojih se putnici ne puštaju u zemlju zbog epidemije", None),
        ("Predsednik vlade je rekao da će sledeće nedelje putovati u Beograd i Niš", "sr"),
        (LUXEMBOURGISH, "lb"),
        ("De regearing hat juster besletten dat der nije regels komme", None),
        ("ብሔራዊ ባንክ አዲስ መመሪያ አውጥቷል ነገር ግን ይህ እስከ ዛሬ ድረስ ወደ ሥራ አልገባም እና", "am"),
        ("ኣብዚ እዋን እዚ ናይ ሃገርና ኩነታት ካብ ትማሊ ዝሓሸ እዩ ድማ ምስ ህዝቢ ኣሎ", "ti"),
    ],
)
def test_neighbours_without_a_claim(text: str, language: str | None) -> None:
    assert language_of(text, "", None) == language


def test_words_that_are_there_are_used() -> None:
    text = NEWS["en"]
    assert language_of("", text, "en", frozenset(words_of(text))) == "en"
    assert language_of("", text, "en", words_of(text)) == "en"
    assert language_of("", text, "fr", words_of(text)) == "en"


@given(st.text(), st.text(), st.none() | st.text() | st.sampled_from(["en", "uk", "zh", "sr", "no"]))
def test_any_text_has_a_language_or_none(title: str, text: str, claimed: str | None) -> None:
    language = language_of(title, text, claimed)
    assert language is None or language == language.lower() != ""
