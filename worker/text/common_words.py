"""Words by which a language is known: common ones that its neighbours hardly ever write. PURE.

Folded as `worker.text.tokens.fold` does, so what a language writes with accents alone may look like another's word;
such words are left out, and so are those that two languages of one script share. In scripts written without spaces a
character is a word.
"""

from __future__ import annotations

import re

from worker.text.tokens import fold

_LISTS = """
af:
    nie vir deur hierdie aangesien uit wees hulle sy ook soos oor gaan moet gesê sê word toe ons dié ná
az:
    və üçün isə görə kimi belə həmin edib edir etmək daha deyil olan olub onun qədər çox həm ilə bildirib
ca:
    els amb dels més aquest aquesta després seva també pel això perquè tot només ens fins ahir han molt anys sense
    així pels
cs:
    jsou nebo jen který která které když podle není jsme jsem další budou kvůli jejich než první jako ještě může
    uvedl mezi lidí řekl všechny kteří protože nyní své jejichž tím byli byly bylo lze
cy:
    mae gan yn wedi ei yr oedd hefyd bod eu ond roedd sydd fod hyn bydd dros cael mewn gyda ddim gwaith
da:
    af ikke efter blev bliver siger mere hvis hvad meget være været ud uden også mig dig igen noget mod jeg
de:
    und von mit auf für ist sich eine nicht auch dem nach aus wie sind wird über bei wurde werden oder das zum
    einer einem einen haben noch nur mehr zur wenn diese dieser seine vor am durch gegen worden sein im des
en:
    the and with that from this has his who after they you were which their or about said will been more but what
    would could into since because during through him her them there some many first two years while before
    against did how other
eo:
    kaj estas ĉiu kiu ĉi tiu tio kun ankaŭ aŭ dum ĝi oni havas esti ĉe kiuj laŭ tiuj
es:
    los las su sus más fue pero hasta cuando desde dijo según está muy donde y también este esta tiene entre años
et:
    kui ning aga oma mis selle siis seda pole juba oleks kes eest koik pärast nagu kus või ka et eesti ole veel
eu:
    eta ez ere izan baina dute egin dira behar zuen edo hori dela beste bere izango du bat gero ziren dituzte
fi:
    että myös ovat kuin sekä mukaan mutta niin joka jotka kanssa olisi sitten vuoden jälkeen hän oli suomen se ei
    vielä
fr:
    les des une est dans pour sur avec qui au par plus sont aux cette mais après ont été elle comme sans leur ces
    deux fait tout leurs son ses était entre dont depuis aussi peut encore selon contre avait ainsi lors celle
ga:
    agus tá bhí chun leis seo ach nach raibh atá lena níos déag gur bhfuil faoi chuid iad siad bheith
gl:
    non unha máis tamén polo pola galicia dende ata onte ano onde coa cunha nunha xunta galego dos despois pero
hr:
    koji koja koje što kao nije ili nakon više zbog protiv bio će sve godine prema koju bila dok te prije pre gdje
    gde
hu:
    az hogy nem egy meg volt csak szerint minden azt mint vagy lehet pedig több így kell után már van mert lesz
id:
    yang dan untuk dengan tidak dalam ini pada itu akan dari oleh karena juga bahwa adalah para tersebut sudah
    telah kerana bahawa kepada
is:
    að við það ekki með fyrir eru því þar hefur hafa eða verið hann þetta eftir vera svo sem frá þeir
it:
    il che di per della non sono nel più gli delle anche hanno dopo questo degli nella alla con ha dal suo come
    stato stata questa questi essere anni loro tra fra ci prima quando ancora sulla dalla alle nei sua cui
lt:
    ir kad yra kaip buvo turi savo taip nuo apie kai tačiau daugiau labai gali dėl tai bus jau su metų pagal
lv:
    un ir ar arī nav bija tikai pēc līdz viņš taču ļoti savu vairāk tas kas par uz latvijas gada tiek lai
mt:
    li għal tal kull minn jew huma kien ma qal din dan lill mill fil fuq biex mhux aktar
nl:
    een zijn voor niet ook heeft maar bij hij door uit hebben nog naar deze wordt zich geen wel werd te het van
    omdat waar zou kunnen twee jaar gaat tegen mensen weer onder veel alleen
no:
    av ikke ikkje etter ble blir vart hadde mellom sier seier når hva kva bare berre mot opp ut seg også jeg eg
    frå noe ein
pl:
    jest się nie dla przez czy będzie tym jego już jednak oraz tylko podczas być przed które także ich był został
    została ponad gdy bardzo przy który która więc aby kiedy również nawet wszystkich jeszcze będą
pt:
    não em uma ao são foi pela pelo mais também isso pode dos das com os ainda muito mas seu sua aos ele disse
    foram quando depois até pelos você já então
ro:
    și care pentru mai nu fost sunt dacă iar acest după prin această poate din cu despre sau pe între este către
sk:
    sa aj podľa alebo keď ktorý ktoré ktorá bol však ako len čo pri už aby bolo medzi tiež jeho pre ľudí
sl:
    tudi kot lahko bodo jih zaradi brez več vsak ker zato sicer zdaj zelo bi pa ki so niso med še za sta bil
sq:
    dhe me një që është nga edhe nuk janë shumë duke ishte këtë ose mund kjo prej kanë për më në të së
sv:
    och att inte ett jag från säger ska sedan finns också två även är när över hade till under genom någon
sw:
    ya kwa katika hiyo alisema kuwa huo hilo yake kama hii ambayo wake watu hayo baada pia yao
tl:
    ang ng mga ay hindi ito kung niya kanyang dahil siya naman isang rin lamang sa nang para na kay ayon
tr:
    ve için olarak çok gibi tarafından ile karşı ancak kadar göre dedi değil olduğu büyük diye şekilde ise bin
    nedeniyle olacak etti ilgili bunu yapılan kendi şöyle hakkında bütün üzerinde arasında
uz:
    va bilan uchun hamda yoki emas kerak edi shu qilish haqida deb esa davlat yil ushbu mumkin
vi:
    của trong những được các người không này với một khi theo cũng công như thì phải nhiều nước đang
yo:
    ti àti awon ni orile fun lati ninu awo won naa wipe gbogbo pe si kan ko
be:
    і ў што гэта ад яго якія ён калі каб яна яны толькі таксама вельмі пра паводле але як гэтага іх
bg:
    от че това като които през към ще след най трябва която със си беше което във са му се обаче
kk:
    және мен үшін бойынша деп осы жылы болды қазақстан бар туралы емес бұл кейін болып мемлекеттік бір
ky:
    жана менен үчүн боюнча деп бул жылы кыргызстан бар эмес ошол кийин болгон ал жөнүндө
mk:
    во со ќе од ја кои дека беше како има го ги нема оваа овој што бидат биде при нив таа
mn:
    нь бөгөөд байна болон энэ юм гэж монгол улсын хийх байгаа дээр гэсэн бол ба онд
ru:
    что как это его еще чтобы после также были она который которые если только года уже или они время будет для
    более может чем этом тем году своей между сейчас лишь
sr:
    је у су који као ће није или које свако када нису већ дана још јер од би бити него која
tg:
    ва дар аз бо ба ки барои аст ин тоҷикистон буд мешавад соли дигар он
uk:
    і що та це про від є має він його із й вони якщо бути щоб чи вже які під їх року також після але коли тільки
    який яка цього можна більше час тому лише якій було перед між бо адже
ar:
    في من على أن إلى عن مع التي الذي هذا هذه إن هو كان خلال وقال ذلك لم كما كل هي بعد بين لا حيث أنه قبل كانت يوم
    فقد منذ عبر أكثر وفي ومن أكد
ckb:
    لە بۆ کە ئەم بە لەسەر کوردستان هەر ئەو وەک نییە کرد دەکات
fa:
    در از را که است با این آن شده برای کرد بر بود می شود خود گفت هر وی به های هم ایران
ps:
    په چې د کې او له دی دا سره يې شوي ته هغه کړي ده نه
ug:
    بىلەن ئۇ بۇ بىر ۋە ئۈچۈن دەپ كېيىن بولغان ئىدى شىنجاڭ ئۇيغۇر
ur:
    کے میں کی سے نے ہے اور کا کو پر کہ ہیں اس بھی کیا نہیں کہا ایک کرنے گیا یہ
he:
    את של על לא כל כי הוא עם גם היא זה או אני יש אבל אם רק יותר היה בין אחרי לאחר הם
yi:
    און די דער איז פון אין צו נישט ניט האט זיך אַז דאס מיט געווען אויף ער
bn:
    ও না করে এ এবং এই করা থেকে হবে হয়েছে হয় জন্য তিনি সঙ্গে এক একটি করতে আর বলেন
as:
    আৰু কৰা হয় এই পৰা বাবে কৰি তেওঁ নাই এটা অসম হৈছে লগত
hi:
    के में है को की से का ने और पर कि हैं भी लिए इस नहीं कर गया किया यह एक
mr:
    आहे आणि या नाही असे हे आहेत यांनी ते करण्यात होते तर केली केले हा ही त्या पण
ne:
    छ र को मा छन् भएको गर्न हो लागि गरेको पनि यो नेपाल ले भन्ने हुने थियो
am:
    ነው ነበር እና ላይ ሲሆን ወደ ውስጥ እንደ ወይም ግን ይህ እስከ በኋላ አንድ ጋር ድረስ ናቸው ደግሞ ነገር
ti:
    እዩ ናይ ኣብ ካብ ነቲ እቲ ምስ ከም ኣብቲ እዮም ድማ እዚ ግን ናብ ኣሎ ዝነበረ
ja:
    の に は を た し で て が な す れ い も か
zh:
    的 是 在 了 不 和 他 我 这 這 也 个 個 们 們 为 為 就 对 對 说 說
ko:
    있다 수 등 있는 이 및 위해 지난 대한 한다 위한 모든 그 것으로 통해 이번 함께 했다 밝혔다 말했다
"""
"""By script. "hr" is for Bosnian, Croatian and Serbian in Latin letters, "id" for Malay, too, "no" for both ways to
write Norwegian."""

_SISTERS = """
hr-bs:
    sedmica sedmice sedmici hiljada hiljade januara augusta bih fbih općinski
hr-hr:
    tko tjedan tjedna tjedni tisuća tisuće siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna
    listopada studenoga prosinca također glede milijuna tijekom svatko netko županija obitelji tvrtka tvrtke
    sustav sustava gospodarstva europske europskoj europska priopćenju
hr-sr:
    gde pre vreme predsednik predsednika predsednica posle dve mesto mesta nedelje nedelja uvek ovde celo leto šta
    opština opštine deo čovek rešenje evra saopštio sledeće sever
he-he:
    את של על לא כל כי הוא עם גם היא זה או אני
he-yi:
    און דער איז פון נישט ניט האט זיך דאס מיט געווען אויף
id-id:
    karena bahwa yaitu pemerintah mengatakan ujar maret agustus desember polisi pengadilan bisa usai
    senin rabu terkait rupiah triliun pihaknya
id-ms:
    kerana bahawa ialah kerajaan iaitu berkata katanya mac ogos disember hospital polis mahkamah isnin
    khamis beliau selepas manakala ringgit menerusi pelbagai
no-nn:
    ikkje ein eit vere eg kva berre nokon noko dei vart kvar veke
no-no:
    ikke en være jeg hva bare noen noe de ble hvor uke
"""
"""Languages that share most of their words, under the one that the lists above or a script know them by."""


def _read(lists: str) -> dict[str, frozenset[str]]:
    """Read lists of words, each under its name and a colon."""
    parts = re.split(r"^([a-z-]+):$", lists, flags=re.MULTILINE)[1:]
    return {name: frozenset(fold(words).split()) for name, words in zip(parts[::2], parts[1::2], strict=True)}


COMMON_WORDS = _read(_LISTS)
"""By language, as `_LISTS` name them."""

SISTERS: dict[str, dict[str, frozenset[str]]] = {}
"""By language: the words that tell it and its sisters apart."""
for _name, _words in _read(_SISTERS).items():
    _lead, _, _sister = _name.partition("-")
    SISTERS.setdefault(_lead, {})[_sister] = _words
