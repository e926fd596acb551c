"""News agencies of the world: what they call themselves, what others call them, and where they are at home. PURE."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agency:
    """A sender of dispatches that other outlets print.

    Attributes:
        name: The usual short name, as credits give it.
        country: ISO 3166 alpha-2 of its seat.
        names: What is it and nothing else in any case of letters, also in a byline; `name` only if it stands here.
        marks: Abbreviations and doubtful names: in bylines and behind a text only in exactly these letters, in any
            case of letters in the brackets of a dateline.
        domains: Registrable domains of its own sites.
    """

    name: str
    country: str
    names: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


_TABLE = """
# Of the world
AP ; US ; Associated Press | Ассошиэйтед Пресс | 美联社 | 美聯社 | ＡＰ通信 | AP通信 | AP News ; AP A.P. ; apnews.com
    ap.org
AFP ; FR ; Agence France-Presse | Agence France Presse | Agencia France-Presse | Франс Пресс | Франс-Пресс | 法新社 |
    法國新聞社 | AFP通信 | AFP=時事 | أ ف ب | أ.ف.ب | ا ف ب | فرانس برس | وكالة فرانس برس | 에이에프피 ; AFP afp АФП
    ; afp.com
Reuters ; GB ; Reuters | Thomson Reuters | Рейтер | Рейтерс | Ройтерз | 路透社 | 路透 | 路透中文网 | ロイター |
    ロイター通信 | 로이터 | 로이터통신 | رويترز | رویترز | רויטרס | रॉयटर्स | Ρόιτερς ; ; reuters.com
Bloomberg ; US ; Bloomberg | Bloomberg News | ブルームバーグ | 彭博社 | Блумберг ; ; bloomberg.com
UPI ; US ; United Press International ; UPI ; upi.com
Dow Jones ; US ; Dow Jones Newswires | Dow Jones Newswire
Tribune News Service ; US ; Tribune News Service | Tribune Content Agency ; TNS TCA
IPS ; IT ; Inter Press Service ; IPS ; ipsnews.net
# Of companies, by their own order
PR Newswire ; US ; PR Newswire | PRNewswire | PRNewswire-FirstCall | CNW Group | CNW ; ; prnewswire.com newswire.ca
Business Wire ; US ; Business Wire | BusinessWire ; ; businesswire.com
GlobeNewswire ; US ; GlobeNewswire | Globe Newswire ; ; globenewswire.com
ACCESSWIRE ; US ; ACCESSWIRE | ACCESS Newswire | Newsfile Corp ; ; accesswire.com
# Western and northern Europe
dpa ; DE ; Deutsche Presse-Agentur | dpa-AFX | dpa international | 德新社 ; dpa DPA ; dpa.com dpa-international.com
SID ; DE ; Sport-Informations-Dienst ; SID
epd ; DE ; Evangelischer Pressedienst ; epd
KNA ; DE ; Katholische Nachrichten-Agentur ; KNA
APA ; AT ; Austria Presse Agentur | APA-OTS ; APA ; apa.at
Keystone-SDA ; CH ; Keystone-SDA | Keystone-ATS | Schweizerische Depeschenagentur | Agence télégraphique suisse ; SDA
    sda ATS ats ; keystone-sda.ch
PA ; GB ; PA Media | Press Association | PA News Agency | PA News ; PA ; pa.media
ANP ; NL ; Algemeen Nederlands Persbureau ; ANP ; anp.nl
Belga ; BE ; Belga | Agence Belga ; ; belga.be belganewsagency.eu
EFE ; ES ; Agencia EFE | EFE Agencia | EFE Noticias | Эфе | 埃菲社 ; EFE Efe ; efe.com
Europa Press ; ES ; Europa Press | EuropaPress ; ; europapress.es
ACN ; ES ; Agència Catalana de Notícies | Agencia Catalana de Noticias ; ACN ; acn.cat
Lusa ; PT ; Agência Lusa ; Lusa LUSA ; lusa.pt
ANSA ; IT ; Agenzia ANSA | АНСА | 安莎社 ; ANSA Ansa ; ansa.it
Adnkronos ; IT ; Adnkronos ; ; adnkronos.com
AGI ; IT ; Agenzia Italia ; AGI ; agi.it
askanews ; IT ; askanews ; ; askanews.it
LaPresse ; IT ; LaPresse ; ; lapresse.it
Italpress ; IT ; Italpress ; ; italpress.com
Ritzau ; DK ; Ritzau | Ritzaus Bureau ; ; ritzau.dk ritzau.com
NTB ; NO ; Norsk Telegrambyrå | NTBscanpix ; NTB ntb ; ntb.no
TT ; SE ; Tidningarnas Telegrambyrå | TT Nyhetsbyrån | TT-Reuters | TT-AFP ; TT ; tt.se
STT ; FI ; Suomen Tietotoimisto | STT-Lehtikuva ; STT ; stt.fi
# Middle and eastern Europe, Caucasus
PAP ; PL ; Polska Agencja Prasowa | Polish Press Agency ; PAP ; pap.pl
ČTK ; CZ ; Česká tisková kancelář | Czech News Agency ; ČTK CTK ; ctk.cz ceskenoviny.cz
TASR ; SK ; Tlačová agentúra Slovenskej republiky | Teraz.sk ; TASR ; tasr.sk teraz.sk
SITA ; SK ; Slovenská tlačová agentúra ; SITA ; sita.sk
MTI ; HU ; Magyar Távirati Iroda ; MTI ; mti.hu
Agerpres ; RO ; Agerpres ; ; agerpres.ro
Mediafax ; RO ; Mediafax ; ; mediafax.ro
BTA ; BG ; Bulgarian News Agency | Българска телеграфна агенция ; BTA БТА ; bta.bg
HINA ; HR ; Hrvatska izvještajna novinska agencija ; HINA ; hina.hr
STA ; SI ; Slovenska tiskovna agencija | Slovenian Press Agency ; STA ; sta.si
Tanjug ; RS ; Tanjug | Танјуг ; ; tanjug.rs
Beta ; RS ; Novinska agencija Beta ; BETA ; beta.rs
FoNet ; RS ; FoNet ; ; fonet.rs
SRNA ; BA ; Srpska republika news agency ; SRNA ; srna.rs
MIA ; MK ; Медиумска информативна агенција ; ; mia.mk
AMNA ; GR ; ΑΠΕ-ΜΠΕ | ΑΠΕ - ΜΠΕ | Athens-Macedonian News Agency | ANA-MPA ; AMNA ; amna.gr
ATA ; AL ; Albanian Telegraphic Agency ; ; ata.gov.al
BNS ; LT ; Baltic News Service ; BNS ; bns.lt bns.ee bns.lv
ELTA ; LT ; Lietuvos naujienų agentūra ; ELTA ; elta.lt
LETA ; LV ; Latvijas Informācijas aģentūra ; LETA ; leta.lv
Ukrinform ; UA ; Ukrinform | Укрінформ | Укринформ | 烏克蘭國家通訊社 ; ; ukrinform.net ukrinform.ua ukrinform.ru
    ukrinform.de ukrinform.fr ukrinform.es ukrinform.pl ukrinform.jp
Interfax-Ukraine ; UA ; Interfax-Ukraine | Interfax Ukraine | Интерфакс-Украина | Интерфакс Украина |
    Інтерфакс-Україна | Інтерфакс Україна ; ; interfax.com.ua
UNIAN ; UA ; UNIAN | УНІАН | УНИАН ; ; unian.ua unian.net unian.info
UNN ; UA ; Українські національні новини | Украинские национальные новости | Ukrainian National News ; УНН UNN ;
    unn.ua unn.com.ua
TASS ; RU ; TASS | ТАСС | Itar-Tass | ИТАР-ТАСС | 塔斯社 | タス通信 | 타스통신 | تاس ; ; tass.com tass.ru
    itar-tass.com
RIA Novosti ; RU ; РИА Новости | РІА Новини | RIA Novosti | RIA Nowosti | Ria-Novosti | РИА «Новости» | 俄新社 |
    俄罗斯新闻社 ; RIA РИА ; ria.ru
Sputnik ; RU ; Sputnik News | 俄罗斯卫星通讯社 | 俄羅斯衛星通訊社 | スプートニク通信 ; SPUTNIK ; sputniknews.com
    sputnikglobe.com
Interfax ; RU ; Interfax | Интерфакс | Інтерфакс | Interfax.ru | 国际文传电讯社 | インタファクス通信 ; ; interfax.ru
    interfax.com
Regnum ; RU ; ИА Регнум | ИА REGNUM ; REGNUM ; regnum.ru
Rosbalt ; RU ; Rosbalt | Росбалт ; ; rosbalt.ru
PRIME ; RU ; АЭИ ПРАЙМ | ПРАЙМ ; ; 1prime.ru
BelTA ; BY ; BelTA | БелТА ; ; belta.by
BelaPAN ; BY ; BelaPAN | БелаПАН
Moldpres ; MD ; Moldpres ; ; moldpres.md
IPN ; MD ; ; IPN ; ipn.md
Armenpress ; AM ; Armenpress | Арменпресс | Արմենպրես ; ; armenpress.am
ARKA ; AM ; Arka News Agency ; ARKA ; arka.am
Azertac ; AZ ; Azertac | AZƏRTAC | АЗЕРТАДЖ ; ; azertag.az
Turan ; AZ ; Turan News Agency | Turan Information Agency ; TURAN ; turan.az
Trend ; AZ ; Trend News Agency ; TREND ; trend.az
Interpressnews ; GE ; Interpressnews | ინტერპრესნიუსი ; ; interpressnews.ge
# Central, south and south-east Asia
Kazinform ; KZ ; Kazinform | Казинформ | ҚазАқпарат | Qazinform ; ; inform.kz qazinform.com
UzA ; UZ ; УзА ; UzA ; uza.uz
Kabar ; KG ; Kabar News Agency | Кабар ; KABAR ; kabar.kg
Khovar ; TJ ; Khovar | Ховар ; ; khovar.tj
MONTSAME ; MN ; MONTSAME | МОНЦАМЭ ; ; montsame.mn
ANI ; IN ; Asian News International | ANI News | एएनआई ; ANI ; aninews.in
PTI ; IN ; Press Trust of India | PTI News | पीटीआई | PTI-Bhasha | पीटीआई-भाषा ; PTI भाषा ; ptinews.com
IANS ; IN ; Indo-Asian News Service | Indo Asian News Service | आईएएनएस ; IANS ; ians.in
UNI ; IN ; United News of India | यूनीवार्ता ; UNI वार्ता ; uniindia.com
APP ; PK ; Associated Press of Pakistan ; APP ; app.com.pk
PPI ; PK ; Pakistan Press International ; PPI ; ppinewsagency.com
BSS ; BD ; Bangladesh Sangbad Sangstha | বাসস ; BSS ; bssnews.net
UNB ; BD ; United News of Bangladesh | ইউএনবি ; UNB ; unb.com.bd
RSS ; NP ; Rastriya Samachar Samiti | राष्ट्रिय समाचार समिति
Bakhtar ; AF ; Bakhtar News Agency
Pajhwok ; AF ; Pajhwok | Pajhwok Afghan News ; ; pajhwok.com
Antara ; ID ; Antara News | LKBN Antara | Kantor Berita Antara ; ANTARA Antara ; antaranews.com
Bernama ; MY ; Bernama ; ; bernama.com
PNA ; PH ; Philippine News Agency ; PNA ; pna.gov.ph
TNA ; TH ; Thai News Agency | สำนักข่าวไทย ; TNA
VNA ; VN ; Vietnam News Agency | TTXVN | Thông tấn xã Việt Nam ; VNA ; vnanet.vn vietnamplus.vn
AKP ; KH ; Agence Kampuchea Presse ; AKP ; akp.gov.kh
KPL ; LA ; Lao News Agency ; KPL ; kpl.gov.la
# East Asia and the Pacific
Xinhua ; CN ; Xinhua | Xinhua News Agency | 新华社 | 新華社 | 新华网 | 新華網 | 新华通讯社 | Синьхуа | 신화통신 |
    شينخوا | Xinhuanet ; ; xinhuanet.com news.cn
CNS ; CN ; China News Service | 中新社 | 中新网 | 中国新闻社 | 中国新闻网 | 中新網 ; ; chinanews.com
    chinanews.com.cn ecns.cn
CNA ; TW ; Central News Agency | 中央社 | 中央通訊社 ; ; cna.com.tw
Kyodo ; JP ; Kyodo | Kyodo News | 共同社 | 共同通信 | 共同通信社 | 共同 | 共同网 | 교도통신 | Киодо ; ; kyodonews.net
    kyodonews.jp kyodo.co.jp
Jiji ; JP ; Jiji Press | 時事通信 | 時事通信社 | 時事 | 时事社 | 지지통신 ; Jiji JIJI ; jiji.com
Yonhap ; KR ; Yonhap | Yonhap News | Yonhap News Agency | 연합뉴스 | 韩联社 | 聯合ニュース | 韓聯社 | Ренхап | Ёнхап
    ; ; yna.co.kr yonhapnews.co.kr
Newsis ; KR ; Newsis | 뉴시스 ; ; newsis.com
News1 ; KR ; 뉴스1 | News1 Korea ; ; news1.kr
KCNA ; KP ; Korean Central News Agency | 조선중앙통신 | 朝中社 | 朝鲜中央通讯社 | 朝鮮中央通信 | ЦТАК ; KCNA ;
    kcna.kp kcna.co.jp
AAP ; AU ; Australian Associated Press | AAP Newswire ; AAP ; aap.com.au
# Middle East
Anadolu ; TR ; Anadolu Agency | Anadolu Ajansı | Anadolu | Анадолу | الأناضول | وكالة الأناضول ; AA ; aa.com.tr
DHA ; TR ; Demirören Haber Ajansı | Demirören News Agency | Doğan Haber Ajansı ; DHA ; dha.com.tr
İHA ; TR ; İhlas Haber Ajansı | Ihlas News Agency ; İHA IHA ; iha.com.tr
ANKA ; TR ; ANKA Haber Ajansı ; ANKA ; ankahaber.net
IRNA ; IR ; Islamic Republic News Agency | خبرگزاری جمهوری اسلامی | ایرنا | ИРНА | إرنا | 伊通社 ; IRNA ; irna.ir
ISNA ; IR ; Iranian Students' News Agency | Iranian Students News Agency | ایسنا ; ISNA ; isna.ir
Fars ; IR ; Fars News | Fars News Agency | خبرگزاری فارس ; FNA ; farsnews.ir
Mehr ; IR ; Mehr News | Mehr News Agency | خبرگزاری مهر ; MNA ; mehrnews.com
Tasnim ; IR ; Tasnim News | Tasnim News Agency | تسنیم | خبرگزاری تسنیم | تسنيم ; TASNIM Tasnim ; tasnimnews.com
SPA ; SA ; Saudi Press Agency | واس ; SPA ; spa.gov.sa
WAM ; AE ; Emirates News Agency | وام ; WAM ; wam.ae
KUNA ; KW ; Kuwait News Agency | كونا ; KUNA ; kuna.net.kw
QNA ; QA ; Qatar News Agency | قنا ; QNA ; qna.org.qa
BNA ; BH ; Bahrain News Agency ; BNA ; bna.bh
ONA ; OM ; Oman News Agency | العمانية ; ONA ; omannews.gov.om
Petra ; JO ; Jordan News Agency | Petra News Agency | بترا ; PETRA ; petra.gov.jo
SANA ; SY ; Syrian Arab News Agency | سانا | САНА ; SANA ; sana.sy
NNA ; LB ; National News Agency Lebanon ; NNA ; nna-leb.gov.lb
INA ; IQ ; Iraqi News Agency | واع ; INA ; ina.iq
WAFA ; PS ; Palestine News and Info Agency | Palestinian News Agency | وفا ; WAFA ; wafa.ps
Ma'an ; PS ; Ma'an News Agency | Maan News Agency ; ; maannews.net
TPS ; IL ; Tazpit Press Service | The Press Service of Israel | Press Service of Israel ; TPS ; tps.co.il
JTA ; US ; Jewish Telegraphic Agency ; JTA ; jta.org
JNS ; US ; Jewish News Syndicate | JNS.org ; JNS ; jns.org
# Africa
MENA ; EG ; Middle East News Agency | أ ش أ | أ.ش.أ | وكالة أنباء الشرق الأوسط ; MENA ; mena.org.eg
MAP ; MA ; Maghreb Arabe Presse | Maghreb Arab Press | Agence Marocaine de Presse | ومع ; MAP ; mapnews.ma
APS ; DZ ; Algérie Presse Service | Algeria Press Service | وأج | واج ; APS ; aps.dz
TAP ; TN ; Tunis Afrique Presse | وات ; TAP ; tap.info.tn
LANA ; LY ; Libyan News Agency ; LANA ; lana.gov.ly
SUNA ; SD ; Sudan News Agency | سونا ; SUNA ; suna-sd.net
ENA ; ET ; Ethiopian News Agency ; ENA ; ena.et
SONNA ; SO ; Somali National News Agency ; SONNA ; sonna.so
NAN ; NG ; News Agency of Nigeria ; NAN ; nannews.ng
GNA ; GH ; Ghana News Agency ; GNA ; gna.org.gh
Kenya News Agency ; KE ; Kenya News Agency ; ; kenyanews.go.ke
APA News ; SN ; Agence de Presse Africaine | African Press Agency | APAnews ; ; apanews.net
PANA ; SN ; Panapress | Panafrican News Agency ; PANA ; panapress.com
Angop ; AO ; Angop ; ANGOP ; angop.ao
African News Agency ; ZA ; African News Agency ; ANA ; africannewsagency.com
# The Americas
CP ; CA ; The Canadian Press | Canadian Press | La Presse Canadienne | Presse Canadienne ; CP ; thecanadianpress.com
Notimex ; MX ; Notimex
Télam ; AR ; Télam | Agencia Télam | Agencia Telam ; TELAM ; telam.com.ar
NA ; AR ; Agencia Noticias Argentinas | Noticias Argentinas ; ; noticiasargentinas.com
Prensa Latina ; CU ; Prensa Latina ; ; prensa-latina.cu plenglish.com
Agencia Cubana de Noticias ; CU ; Agencia Cubana de Noticias ; ; acn.cu
Andina ; PE ; Agencia Andina ; ANDINA ; andina.pe
ABI ; BO ; Agencia Boliviana de Información ; ABI ; abi.bo
AVN ; VE ; Agencia Venezolana de Noticias ; AVN ; avn.info.ve
Agência Brasil ; BR ; Agência Brasil | Agencia Brasil ; ; ebc.com.br
Estadão Conteúdo ; BR ; Estadão Conteúdo | Agência Estado
Folhapress ; BR ; Folhapress
# Of churches
RNS ; US ; Religion News Service ; RNS ; religionnews.com
CNA (Catholic) ; US ; Catholic News Agency ; ; catholicnewsagency.com
UCA News ; HK ; UCA News | UCAN ; ; ucanews.com
"""
"""An agency a line: name ; country ; names ; marks ; domains. Names are parted by "|", marks and domains by spaces.

A line that begins with spaces goes on with the one before. A name that people, places or common words bear too belongs
among the marks, if anywhere.
"""


def _read(table: str) -> tuple[Agency, ...]:
    lines = re.sub(r"\n +", " ", table).split("\n")
    return tuple(_agency(*map(str.strip, line.split(";"))) for line in lines if line and not line.startswith("#"))


def _agency(name: str, country: str, names: str = "", marks: str = "", domains: str = "") -> Agency:
    called = tuple(one.strip() for one in names.split("|") if one)
    return Agency(name, country, called, tuple(marks.split()), tuple(domains.split()))


AGENCIES = _read(_TABLE)
