from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from babel import localedata

from worker.text.tokens import fold, tokenize, words_of
from worker.watchlists.countries import (
    ANYWHERE,
    CountryNames,
    Manner,
    cldr,
    countries,
    country_names,
    is_country,
    meant,
    shown,
    written_so,
)
from worker.watchlists.countries.endings import forms, inflecting
from worker.watchlists.countries.endings import tables as tables_of
from worker.watchlists.countries.other_names import longer_names, other_names


def found(code: str, text: str, language: str | None = None) -> list[str]:
    """What names a country in a text of a language, by all that is known of its names; the longest at each place."""
    names, tokens = country_names(code), tokenize(text)
    size = len(tokens.words)
    runs = [(first, last) for first in range(size) for last in range(first + 1, size + 1)]

    def places(phrases: frozenset[tuple[str, ...]]) -> list[tuple[int, int]]:
        return [(first, last) for first, last in runs if tokens.words[first:last] in phrases]

    held = places(names.phrases) + places(names.inflected.get(language or "", frozenset()))
    for manner, guarded in names.guarded.items():
        for first, last in places(guarded.get(ANYWHERE, frozenset()) | guarded.get(language or "", frozenset())):
            if written_so(manner, text, tokens.starts[first], tokens.ends[last - 1]):
                held.append((first, last))
    around = [*held, *places(names.unless)]
    longest = {
        place
        for place in held
        if not any(place != other and other[0] <= place[0] and place[1] <= other[1] for other in around)
    }
    return [text[tokens.starts[first] : tokens.ends[last - 1]] for first, last in sorted(longest)]


NAMED = [
    # code, language of the item, names in it
    ("UA", None, "Ukraine Україна Украина Ucrania Ucrânia Ucraina Ukraina Ukrajina Ukrajna Ukrayna Oekraïne Ουκρανία"),
    ("UA", None, "乌克兰 烏克蘭 ウクライナ 우크라이나 أوكرانيا אוקראינה यूक्रेन ยูเครน უკრაინა Ուկրաինա ዩክሬን உக்ரைன்"),
    ("UA", "uk", "України Україні Україну Україною"),
    ("UA", "ru", "Украины Украине Украину Украиной Украиною"),
    ("UA", "be", "Украіны Украіне Украіну Украінай"),
    ("UA", "pl", "Ukrainy Ukrainie Ukrainę Ukrainą"),
    ("UA", "cs", "Ukrajiny Ukrajině Ukrajinu Ukrajinou"),
    ("UA", "sk", "Ukrajiny Ukrajine Ukrajinu Ukrajinou"),
    ("UA", "sl", "Ukrajine Ukrajini Ukrajino"),
    ("UA", "hr", "Ukrajine Ukrajini Ukrajinu Ukrajinom"),
    ("UA", "sr", "Украјине Украјини Украјину Украјином Ukrajine Ukrajinom"),
    ("UA", "lt", "Ukrainos Ukrainai Ukrainą Ukrainoje"),
    ("UA", "lv", "Ukrainas Ukrainai Ukrainu Ukrainā"),
    ("UA", "fi", "Ukrainan Ukrainaa Ukrainassa Ukrainasta Ukrainaan Ukrainalle Ukrainalta Ukrainaksi"),
    ("UA", "et", "Ukrainas Ukrainasse Ukrainast Ukrainale Ukrainaga Ukrainat"),
    ("UA", "hu", "Ukrajnában Ukrajnából Ukrajnába Ukrajnát Ukrajnának Ukrajnával Ukrajnára Ukrajnáról Ukrajnáért"),
    ("UA", "ro", "Ucrainei"),
    ("UA", "el", "Ουκρανίας"),
    ("UA", "sq", "Ukraina Ukrainës Ukrainën"),
    ("UA", "tr", "Ukraynada Ukraynanın Ukraynaya"),
    ("UA", "az", "Ukraynada Ukraynanın Ukraynaya Ukraynadan"),
    ("UA", "uz", "Ukrainada Ukrainaning Ukrainaga Ukrainadan"),
    ("UA", "kk", "Украинада Украинаның Украинаға Украинадан Украинамен"),
    ("UA", "mn", "Украины Украинд Украинаас Украиныг"),
    ("UA", "ka", "უკრაინის უკრაინას უკრაინაში უკრაინამ უკრაინიდან უკრაინასთან უკრაინისთვის"),
    ("UA", "hy", "Ուկրաինայի Ուկրաինայում Ուկրաինայից Ուկրաինան"),
    ("UA", "ar", "وأوكرانيا بأوكرانيا لأوكرانيا اوكرانيا ولأوكرانيا"),
    ("UA", "he", "באוקראינה לאוקראינה מאוקראינה ואוקראינה שבאוקראינה"),
    ("UA", "am", "የዩክሬን በዩክሬን ዩክሬንን"),
    ("UA", "ko", "우크라이나는 우크라이나가 우크라이나를 우크라이나의 우크라이나에서 우크라이나와"),
    ("UA", "mr", "युक्रेनच्या युक्रेनमध्ये युक्रेनला"),
    ("UA", "bn", "ইউক্রেনের ইউক্রেনে ইউক্রেনকে"),
    ("UA", "gu", "યુક્રેનના યુક્રેનમાં યુક્રેને"),
    ("UA", "ta", "உக்ரைனில் உக்ரைனின் உக்ரைனுக்கு"),
    ("UA", "te", "ఉక్రెయిన్‌లో ఉక్రెయిన్‌కు"),
    ("UA", "kn", "ಉಕ್ರೈನ್‌ನಲ್ಲಿ ಉಕ್ರೈನ್‌ಗೆ"),
    ("UA", "ml", "ഉക്രെയ്‌നിൽ ഉക്രെയ്ന്റെ"),
    ("UA", "si", "යුක්රේනයේ යුක්රේනයට"),
    ("UA", "eu", "Ukrainan Ukrainako Ukrainaren Ukrainara"),
    ("UA", "is", "Úkraína Úkraínu"),
    ("UA", "nb", "Ukrainas"),
    ("UA", "cy", "Wcráin"),
    ("RU", None, "Russia Russie Rusia Rússia Russland Rusland Rosja Росія Россия Ρωσία 俄罗斯 러시아"),
    ("RU", None, "Russian_Federation Российская_Федерация"),
    ("RU", "ru", "России Россию Россией РФ Российской_Федерации"),
    ("RU", "cs", "Ruska Rusku Ruskem"),
    ("RU", "pl", "Rosji Rosję Rosją"),
    ("RU", "fi", "Venäjän Venäjällä Venäjälle Venäjään"),
    ("RU", "hu", "Oroszországban Oroszországgal Oroszországgal"),
    ("RU", "de", "Russlands"),
    ("RU", "vi", "nước_Nga Liên_bang_Nga"),
    ("RU", "bn", "রাশিয়ার রাশিয়ায়"),
    ("DE", None, "Germany Deutschland Allemagne Alemania Germania Niemcy Німеччина Германия 德国 ドイツ 독일"),
    ("DE", "pl", "Niemiec Niemcom Niemcami Niemczech"),
    ("DE", "uk", "Німеччини Німеччині Німеччиною"),
    ("DE", "sv", "Tysklands"),
    ("FR", None, "France Frankreich Frankrijk Frankrike Ranska Γαλλία Франция フランス"),
    ("FR", "es", "Francia"),
    ("FR", "ro", "Franța Franței"),
    ("FR", "hr", "Francuska Francuske Francuskoj Francusku"),
    ("FR", "fi", "Ranskan Ranskassa Ranskaa"),
    ("US", None, "United_States United_States US USA U.S. U.S.A. États-Unis Vereinigte_Staaten 米国 アメリカ"),
    ("US", "ru", "Соединённые_Штаты Соединенных_Штатов Соединенными_Штатами США"),
    ("US", "uk", "Сполучених_Штатів Сполученими_Штатами США"),
    ("US", "de", "Vereinigten_Staaten USA"),
    ("US", "pl", "Stanów_Zjednoczonych Stanami_Zjednoczonymi"),
    ("US", "cs", "Spojených_států Spojenými_státy"),
    ("US", "fi", "Yhdysvaltain Yhdysvaltojen Yhdysvalloissa Yhdysvaltoihin"),
    ("US", "ro", "Statelor_Unite SUA"),
    ("US", "el", "Ηνωμένων_Πολιτειών ΗΠΑ"),
    ("US", "ar", "بالولايات_المتحدة وللولايات_المتحدة"),
    ("US", "he", "בארצות_הברית"),
    ("US", "nl", "VS"),
    ("GB", None, "United_Kingdom Great_Britain Britain UK U.K. Royaume-Uni Großbritannien Великобритания 英国"),
    ("GB", "ru", "Великобритании Великобританией"),
    ("GB", "uk", "Великої_Британії Великій_Британії"),
    ("GB", "de", "Vereinigten_Königreich Vereinigten_Königreichs Großbritanniens"),
    ("GB", "fi", "Britannian Iso-Britanniassa"),
    ("CN", None, "China Chine Китай Κίνα 中国 中國 중국 الصين סין"),
    ("CN", "ar", "والصين للصين بالصين"),
    ("CN", "pl", "Chin Chinach Chinami"),
    ("CN", "sl", "Kitajska Kitajske"),
    ("TR", None, "Turkey Türkiye Türkei Turquie Turquía Turcja Турция 土耳其 トルコ"),
    ("TR", "uk", "Туреччини Туреччиною"),
    ("TR", "ka", "თურქეთის თურქეთში"),
    ("PL", None, "Poland Pologne Polen Польша"),
    ("PL", "pl", "Polska Polski Polsce Polskę Polską POLSKA"),
    ("PL", "uk", "Польщі Польщу Польщею"),
    ("PL", "ru", "Польши Польшу Польшей"),
    ("PH", "fi", "Filippiinien Filippiineillä"),
    ("CY", "fi", "Kyproksen Kyproksella"),
    ("KW", "fi", "Kuwaitin Kuwaitissa"),
    ("CA", "el", "Καναδά"),
    ("HR", "sl", "Hrvaške Hrvaškem"),
    ("MX", "hr", "Meksika Meksiku"),
    ("IL", "is", "Ísraels"),
    ("VN", "he", "בוייטנאם בווייטנאם"),
    ("DE", "ar", "لألمانيا لالمانيا"),
    ("MX", "ta", "மெக்சிகோவில்"),
    ("GE", None, "Georgia Géorgie Грузия საქართველო"),
    ("GE", "ka", "საქართველოს საქართველოში"),
    ("CZ", None, "Czechia Czech_Republic Česká_republika República_Checa Чехия"),
    ("CZ", "pl", "Czech Czechach Czechami"),
    ("CZ", "ru", "Чехии Чехией"),
    ("KR", None, "South_Korea Südkorea Corea_del_Sur Южная_Корея 韩国 韓国 한국 대한민국"),
    ("KR", "ru", "Южной_Кореи Южную_Корею Республики_Корея"),
    ("KR", "uk", "Південної_Кореї Південній_Кореї Південною_Кореєю"),
    ("KR", "ko", "한국은 한국이 한국을 한국에서"),
    ("ZA", None, "South_Africa Südafrika Afrique_du_Sud Sudáfrica 南非 南アフリカ"),
    ("ZA", "ru", "ЮАР Южной_Африке Южно-Африканской_Республике"),
    ("ZA", "de", "Südafrikas"),
    ("AE", None, "United_Arab_Emirates UAE Émirats_arabes_unis 阿联酋"),
    ("AE", "ru", "ОАЭ Объединенных_Арабских_Эмиратов"),
    ("AE", "cs", "Spojených_arabských_emirátech"),
    ("AE", "uk", "Обʼєднаних_Арабських_Еміратів Об'єднаних_Арабських_Еміратах ОАЕ"),
    ("AE", "ar", "والإمارات بالإمارات"),
    ("CI", None, "Côte_d’Ivoire Ivory_Coast Costa_de_Marfil Elfenbeinküste"),
    ("CI", "ru", "Кот-д’Ивуар Кот-д’Ивуара"),
    ("MM", None, "Myanmar Burma"),
    ("BA", None, "Bosnia_and_Herzegovina Bosnia_&_Herzegovina Bosnia"),
    ("KN", None, "St._Kitts_and_Nevis Saint_Kitts_and_Nevis"),
    ("CD", None, "DR_Congo Democratic_Republic_of_the_Congo DRC Congo-Kinshasa"),
    ("TH", None, "タイ Thailand"),
    ("IS", "de", "Island Islands"),
    ("IT", "de", "Italien Italiens"),
    ("ML", None, "Mali"),
    ("TG", "ru", "Того"),
    ("SD", "ko", "수단_내전"),
    ("IE", "ga", "Éire"),
]  # fmt: skip

NOT_NAMED = [
    ("UA", "en", "Ukrainian Ukrainians"),
    ("UA", "uk", "український українська українці українка Українською"),
    ("UA", "ru", "украинский украинцы украинка украинской Україні"),
    ("UA", "pl", "ukraiński Ukrainiec Ukraińcy Ukrainka"),
    ("UA", "fi", "ukrainalainen ukrainalaiset"),
    ("UA", "hu", "ukrán ukrajnai"),
    ("UA", "de", "ukrainisch Ukrainer Ukrainie"),
    ("UA", "tr", "Ukraynalı Ukraynaca"),
    ("UA", "ar", "أوكراني الأوكرانية"),
    ("UA", "he", "אוקראיני אוקראינית"),
    ("UA", "ko", "우크라이나인 우크라이나어"),
    ("UA", None, "Україні Ukrainie Ukrajnában"),
    ("RU", "en", "Russian Russians Prussia"),
    ("RU", "ru", "русский русские российский россияне"),
    ("RU", "cs", "ruska ruský ruské ruskou ruština"),
    ("RU", "fr", "russe russes"),
    ("RU", "vi", "Nga"),
    ("RU", "sv", "ryska ryssar"),
    ("DE", "en", "German Germans"),
    ("DE", "de", "Deutsche deutschen deutscher"),
    ("DE", "pl", "niemiecki Niemców"),
    ("DE", "fr", "allemand allemande"),
    ("FR", "hu", "francia"),
    ("FR", "hr", "francuska francuske"),
    ("FR", "en", "French francs"),
    ("US", None, "us them usa they Us"),
    ("US", "en", "American Americans"),
    ("US", "de", "vs bus"),
    ("US", None, "US$5 US$"),
    ("US", "sr", "сад"),
    ("GB", None, "uk"),
    ("GB", "en", "British Briton"),
    ("CN", "en", "Chinese"),
    ("CN", "sv", "kina kinesisk"),
    ("TR", "en", "turkey turkeys Turkish"),
    ("PL", "pl", "polska polskie polskiej"),
    ("PL", "sv", "polska"),
    ("GE", "en", "Georgian"),
    ("CZ", "hr", "češka"),
    ("CZ", "en", "Czech Czechs"),
    ("KR", "en", "Korean Korea North_Korea"),
    ("KR", None, "Democratic_People’s_Republic_of_Korea"),
    ("KR", "ru", "корейский Кореи"),
    ("ZA", "en", "African Africa"),
    ("AE", "en", "uae Emirati"),
    ("CI", "fr", "côte ivoirien"),
    ("GN", "en", "Papua_New_Guinea Equatorial_Guinea Guinea-Bissau guinea_pigs"),
    ("GN", "ru", "Папуа_—_Новой_Гвинее"),
    ("SD", "en", "South_Sudan"),
    ("SD", "uk", "Південного_Судану Південному_Судані"),
    ("MX", "en", "New_Mexico"),
    ("RU", "tr", "Beyaz_Rusya"),
    ("IN", "zh", "印度尼西亚 印度洋"),
    ("IN", "ja", "インドネシア マインド"),
    ("TH", "ja", "タイトル ネクタイ"),
    ("ML", "hr", "mali"),
    ("ML", "he", "שמאלי"),
    ("TG", "ru", "того"),
    ("IS", "en", "island Island"),
    ("IT", "fr", "italien Italiens"),
    ("IL", "en", "Israeli Israelis"),
    ("PK", "en", "Pakistani"),
    ("KR", "es", "de_Corea"),
    ("MU", "fr", "Maurice"),
    ("RE", "fr", "la_réunion"),
    ("AT", "pt", "ao"),
    ("WS", "ru", "самое"),
    ("CG", None, "Congo"),
    ("CG", "en", "Democratic_Republic_of_the_Congo"),
    ("SD", "ko", "수단은"),
]  # fmt: skip


def words_in(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [(code, language, name) for code, language, text in NAMED for name in words_in(text)],
)
def test_a_name_is_found_wherever_it_stands(code: str, language: str | None, name: str) -> None:
    assert found(code, f"» {name} «, x", language) == [name.rstrip(".")]


@pytest.mark.parametrize(
    ("code", "language", "text"),
    [(code, language, text) for code, language, several in NOT_NAMED for text in words_in(several)],
)
def test_adjectives_people_and_other_words_are_no_names(code: str, language: str | None, text: str) -> None:
    assert found(code, f"» {text} «, x", language) == []


def test_many_languages_are_tried() -> None:
    assert len({language for _, language, _ in NAMED}) > 40
    assert {"UA", "RU", "DE", "FR", "US", "GB", "CN", "TR", "PL", "GE", "CZ", "KR", "ZA", "AE", "CI"} <= {
        code for code, _, _ in NAMED
    }


def test_ukraine_is_called_something_in_every_language_of_cldr() -> None:
    names = country_names("UA")
    for locale, name in cldr.names("UA").items():
        phrase, language = tuple(words_of(name)), locale.partition("_")[0]
        held = {
            *names.phrases,
            *names.inflected.get(language, ()),
            *names.guarded.get(Manner.CAPITAL, {}).get(language, ()),
        }
        assert any(phrase[-len(each) :] == each for each in held), locale


@pytest.mark.parametrize("code", countries())
def test_every_country_has_names_and_each_holds_in_one_way(code: str) -> None:
    names = country_names(code)
    assert len(names.phrases) > 10
    for manner, by_language in names.guarded.items():
        assert manner in Manner
        for language, guarded in by_language.items():
            assert not guarded & (names.phrases | names.inflected.get(language, frozenset()))
    assert not any(names.phrases & forms for forms in names.inflected.values())
    assert not names.unless & names.phrases
    everything = {*names.phrases, *names.unless}.union(*names.inflected.values())
    everything.update(*(guarded for by_language in names.guarded.values() for guarded in by_language.values()))
    assert all(words_of(" ".join(phrase)) == list(phrase) for phrase in everything if all(map(str.isascii, phrase)))
    assert all(phrase and all(word == fold(word) for word in phrase) for phrase in everything)
    for phrase in names.phrases.union(*names.inflected.values()):
        assert len("".join(phrase)) > 2 or phrase[0] >= "\u0900" or code in ("GB", "US")  # U.K., U.S.


def test_norwegian_names_hold_in_both_its_kinds() -> None:
    names = country_names("DE").inflected
    assert names["nb"] == names["no"] >= {("tysklands",)}
    assert names["nn"] >= names["no"]


def test_codes() -> None:
    assert is_country("UA")
    assert is_country("XK")
    assert not is_country("UK")
    assert not is_country("ua")
    assert not is_country("EU")
    assert countries() == sorted(countries())
    assert len(countries()) == 250
    assert set(countries()) <= set(cldr.names_in("en"))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("UA", "UA"),
        ("ua ", "UA"),
        ("Ukraine", "UA"),
        ("україна", "UA"),
        ("УКРАЇНА", "UA"),
        ("UKR", "UA"),
        ("804", "UA"),
        ("ukrane", "UA"),
        ("UK", "GB"),
        ("USA", "US"),
        ("united states", "US"),
        ("Turkey", "TR"),
        ("turkiye", "TR"),
        ("Deutschland", "DE"),
        ("EL", "GR"),
        ("SU", "RU AM AZ BY"),
        ("Korea", "KP KR"),
        ("Congo", "CG CD"),
        ("Germny", "DE"),
        ("Burkina", "BF"),
        ("ZZ", ""),
        ("EU", ""),
        ("Atlantis", ""),
        ("", ""),
        ("!?", ""),
    ],
)
def test_what_somebody_means(text: str, codes: str) -> None:
    assert meant(text) == tuple(codes.split())


def test_what_is_shown_of_the_names() -> None:
    assert shown("UA")[:4] == ("Ukraine", "Україна", "Украина", "Ucrania")
    assert shown("CH")[:5] == ("Switzerland", "Schweiz", "Schwiiz", "Suisse", "Svizzera")
    assert shown("MM")[0] == "Myanmar"
    assert {len(shown(code)) for code in countries()[::10]} <= {5, 6, 7, 8}


@pytest.mark.parametrize(
    ("manner", "text", "so"),
    [
        (Manner.CAPITAL, "[Turkey]", True),
        (Manner.CAPITAL, "the [TURKEY]", True),
        (Manner.CAPITAL, "the [turkey]", False),
        (Manner.CAPITALS, "the [US]", True),
        (Manner.CAPITALS, "[US]-led", True),
        (Manner.CAPITALS, "[US]$ 5 million", False),
        (Manner.CAPITALS, "Give [Us] peace", False),
        (Manner.CAPITALS, "GIVE [US] PEACE", False),
        (Manner.APART, "[タイ]", True),
        (Manner.APART, "[タイ]の首相", True),
        (Manner.APART, "昨日[タイ]・バンコクで", True),
        (Manner.APART, "[タイ]トル", False),
        (Manner.APART, "ネク[タイ]", False),
        (Manner.APART, "[タイ]ー", False),
        (Manner.APART, "ﾈｸ[ﾀｲ]", False),
    ],
)
def test_how_a_name_is_written(manner: Manner, text: str, *, so: bool) -> None:
    start, end = text.index("["), text.index("]") - 1
    assert written_so(manner, text.replace("[", "").replace("]", ""), start, end) is so


def test_each_table_has_as_many_columns_in_every_row() -> None:
    for language in inflecting():
        for table in tables_of(language):
            columns = {len(row) for row in table.rows.values()}
            assert len(columns) == 1 or table.kind != "cases", language


def test_nothing_is_made_of_what_does_not_inflect() -> None:
    assert forms(("ukraine",), "en") == frozenset()
    assert forms(("конго",), "ru") == frozenset()
    assert forms(("a", "b", "c", "d", "украина"), "ru") == frozenset()


def test_only_what_inflects_changes_in_a_name_of_several_words() -> None:
    assert forms(("папуа", "новая", "гвинея"), "ru") >= {("папуа", "новой", "гвинеи"), ("папуа", "новую", "гвинею")}
    assert ("сан", "марино") not in forms(("сан", "марино"), "ru")


def test_tables_of_other_names_are_well_formed() -> None:
    locales = set(cldr.locales())
    for code, names in other_names().items():
        assert is_country(code)
        for locale, name in names:
            assert locale in locales, (code, locale)
            assert words_of(name), (code, locale)
    for code, longer in longer_names().items():
        assert is_country(code)
        assert all(words_of(name) for name in longer)


def test_names_are_read_as_babel_has_them() -> None:
    for locale in localedata.locale_identifiers():
        path = localedata.resolve_locale_filename(locale)
        with Path(path).open("rb") as file:
            whole = pickle.load(file)  # noqa: S301 - Babel's own
        assert cldr.read_names(path) == whole["territories"]


def test_babel_keeps_nothing_of_what_is_read() -> None:
    kept = set(localedata._cache)
    for locale in ("uk", "en", "zh_Hant"):
        assert cldr.read_names(localedata.resolve_locale_filename(locale))
    assert set(localedata._cache) == kept


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"something else",
        pickle.dumps({"languages": {}, "territories": {"UA": "?"}}, 2),  # in another order
        pickle.dumps({"names": {"territories": {"UA": "?"}, "languages": {}}}, 2),  # one level deeper
        pickle.dumps([{"territories": {"UA": "?"}, "languages": {"uk": "?"}}], 2),  # not the outermost thing
        pickle.dumps({"locale": "uk", "territories": {"UA": "?"}, "languages": {}}, 5),  # another protocol
        b"\x80\x02}(" + b"X\x0b\0\0\0territories" + b"}(X\x02\0\0\0UA" + b"?" * 30 + b"X\x09\0\0\0languages",
    ],
)
def test_a_file_of_another_shape_is_asked_of_babel(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "uk.dat"
    path.write_bytes(data)
    assert cldr.read_names(str(path))["UA"] == "Україна"


def test_names_are_values() -> None:
    names = country_names("UA")
    assert isinstance(names, CountryNames)
    assert names is country_names("UA")
    assert names.code == "UA"
