"""Words that mean the same in every story: the few that are numbers, and those too common to tell anything. PURE.

English, Russian, Ukrainian, German, French and Spanish, folded as `worker.text.tokens.fold` does.
"""

from __future__ import annotations

from worker.text.tokens import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


STOP_WORDS = _words(
    """
    a about after again against all also am amid an and any are as at be been before being but by can could did do does
    for from had has have he her his how if in into is it its may might more most new no not of off on one or our out
    over s said say says she should so some such t than that the their them then there these they this those to up us
    via was we were what when where which while who why will with would you your

    в во на с со и а но о об от до за из к ко по под при про для не ни что как это этот эта эти его её ее их он она они
    мы вы я бы был была были было быть есть у же ли или если когда где чем через после перед между над без уже еще ещё
    так также только все всё который которая которые того том этого

    у в на з із зі та й і але про від до за по під при для не ні що як це цей ця ці його її їх він вона вони ми ви я б
    би був була були було бути є же чи або якщо коли де ніж через після перед між над без вже ще так також тільки всі
    все який яка які того тому цього

    der die das den dem des ein eine einer einem einen und oder aber auf an am im in ins ist sind war waren wird werden
    wurde wurden zu zum zur von vom mit nach bei für fuer aus um als auch nicht nur noch wie was wer wo es er sie wir
    ihr sich dass daß hat haben hatte kann über ueber unter vor seit gegen durch

    le la les l un une des du de d et ou mais à au aux en dans sur sous par pour avec sans est sont était ont ce cet
    cette ces que qui quoi dont où il elle ils elles on nous vous se son sa ses leur leurs ne pas plus après avant
    entre été être

    el los las lo uno una unos unas del al y o u pero en por para con sin es son era fue han ha este esta estos estas
    que quien cual como cuando donde no más mas ya se su sus tras ante entre desde hasta ser sobre
    """
)
"""What a headline may gain or lose without saying anything else."""

FORMALITIES = _words(
    """
    newsletter newsletters subscribe subscribed subscription unsubscribe inbox email emails cookie cookies privacy
    policy terms consent javascript browser adblocker captcha login log password account accept agree preferences opt
    рассылка рассылку подписка подписку подпишитесь куки файлы конфиденциальности соглашение согласие браузер аккаунт
    розсилка розсилку підписка підписку підпишіться файли конфіденційності угода згоду браузері обліковий
    datenschutz datenschutzerklärung einwilligung nutzungsbedingungen abonnieren abonnement anmelden postfach
    lettre inscrivez abonnez confidentialité consentement navigateur connexion mot passe
    boletín suscríbete suscripción correo privacidad términos aceptar navegador contraseña
    """
)
"""Words of sign-up boxes, cookie walls and blocked pages."""

_NUMBER_WORDS = {
    2: "two deux dos zwei два две двух двое двум двумя дві двох двоє двом",
    3: "three trois tres drei три трех трёх трое трем тремя трьох троє трьом",
    4: "four quatre cuatro vier четыре четырех четырёх четверо чотири чотирьох четверо",
    5: "five cinq cinco fünf пять пяти пятеро п'ять п'яти п'ятеро",
    6: "six seis sechs шесть шести шестеро шість шести шестеро",
    7: "seven sept siete sieben семь семи семеро сім семи семеро",
    8: "eight huit ocho acht восемь восьми вісім восьми",
    9: "nine neuf nueve neun девять девяти дев'ять дев'яти",
    10: "ten dix diez zehn десять десяти",
    11: "eleven onze once elf одиннадцать одиннадцати одинадцять одинадцяти",
    12: "twelve douze doce zwölf двенадцать двенадцати дванадцять дванадцяти",
    13: "thirteen treize trece dreizehn тринадцать тринадцати тринадцять тринадцяти",
    14: "fourteen quatorze catorce vierzehn четырнадцать четырнадцати чотирнадцять",
    15: "fifteen quinze quince fünfzehn пятнадцать пятнадцати п'ятнадцять",
    16: "sixteen seize dieciséis sechzehn шестнадцать шістнадцять",
    17: "seventeen diecisiete siebzehn семнадцать сімнадцять",
    18: "eighteen dieciocho achtzehn восемнадцать вісімнадцять",
    19: "nineteen diecinueve neunzehn девятнадцать дев'ятнадцять",
    20: "twenty vingt veinte zwanzig двадцать двадцати двадцять двадцяти",
    30: "thirty trente treinta dreißig тридцать тридцати тридцять тридцяти",
    40: "forty quarante cuarenta vierzig сорок",
    50: "fifty cinquante cincuenta fünfzig пятьдесят п'ятдесят",
    60: "sixty soixante sesenta sechzig шестьдесят шістдесят",
    70: "seventy setenta siebzig семьдесят сімдесят",
    80: "eighty ochenta achtzig восемьдесят вісімдесят",
    90: "ninety noventa neunzig девяносто дев'яносто",
}
NUMBERS = {word: str(number) for number, words in _NUMBER_WORDS.items() for word in _words(words)} | {
    numeral: str(number) for number, numeral in enumerate("二三四五六七八九十", start=2)
}
"""Number word -> digits. No word for one: it is an article, or nothing, as often as a number."""
