"""How names of countries change in Romanian, Greek, Albanian, Turkic and Mongolian, Georgian and Armenian. PURE.

`endings` says how to read the tables. Romanian: genitive and dative, definite; Greek: genitive, accusative; Albanian:
definite, genitive, accusative. Turkish writes an apostrophe before the ending, which parts it from the name anyway: its
rows are for those who leave it out. Source: the declensions of school grammar, Georgian as Wiktionary tabulates it;
Romanian, Greek and Turkish held against frequency lists as the Slavic ones are.
"""

from __future__ import annotations

SOUTH = """
ro cases
a       ei a
ca      cii,cei ca
ga      gii ga
ele     elor ele
ile     ilor ile
ul      ului ul
u+      lui l
o+      ului ul
C+      ului ul

el cases
α       ασ α
η       ησ η
ασ      α α
ελλαδα  ελλαδασ,ελλαδοσ ελλαδα
οσ      ου ο
ο       ου ο
λαοσ    λαοσ λαοσ
εσ      ων εσ
μενα    μενων μενα
ικα     ικων ικα
ατα     ατων ατα
σια     σιων,σιασ σια
εδαφη   εδαφων εδαφη

sq cases
e       a es en
i       ia ise ine
o       oja ose on
a       aja ase an
C+      i it in

tr suffixes
V+      da de dan den ya ye yi yu nin nun daki deki
C+      da de ta te dan den tan ten a e i u in un daki deki taki teki

az suffixes
V+      da də dan dən ya yə ni nu nin nun dakı dəki
C+      da də dan dən a ə i u in un dakı dəki

uz suffixes
V+      da dan ga ka qa ning ni dagi gacha
C+      da dan ga ka qa ning ni dagi gacha

tk suffixes
V+      da de dan den a e ya ye nyn nin ny ni daky daki
C+      da de dan den a e yn in y i daky daki

kk suffixes
V+      да де дан ден нан нен ға ге ның нің ны ні мен дағы дегі
C+      да де та те дан ден тан тен нан нен ға ге қа ке ның нің дың дің тың тің ды ді ты ті мен бен пен дағы тағы

ky suffixes
V+      да де до дө дан ден дон дөн га ге го гө нын нин нун нүн ны ни ну нү дагы деги
C+      да де до дө та те то тө дан ден тан тен тон төн га ге го гө ка ке ко кө дын дин дун дүн тын тин тун түн
        ды ди ты ти ту

tt suffixes
V+      да дә дан дән га гә ның нең ны не дагы дәге
C+      да дә та тә дан дән тан тән нан нән га гә ка кә ның нең ны не дагы тагы

mn suffixes
V+      гийн н д т гаас г тай тэй той гаар
C+      ы ийн д т аас ээс оос өөс ыг ийг тай тэй той аар ээр оор руу рүү
улс+    ын ад аас ыг тай аар руу

ka suffixes
ი       ის ს მა ით ად ში ზე იდან თან ისთვის ისგან ისკენ ამდე
ა       ის ას ამ ით ად აში აზე იდან ასთან ისთვის ისგან ისკენ ამდე
ე       ის ეს ემ ით ედ ეში ეზე იდან ესთან ისთვის ისგან ისკენ ემდე
ო       ოს ომ ოთი ოში ოზე ოდან ოსთან ოსთვის ოსგან ოსკენ ომდე
უ       უს უმ უთი უში უზე უდან უსთან უსთვის უსგან უსკენ უმდე

hy suffixes
V+      յի յում յից ն յին յով
C+      ի ում ից ը ն ին ով
ներ+    ի ում ից ը ն ին ով
"""
