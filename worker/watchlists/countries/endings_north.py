"""How names of countries change in Baltic, Finnic, Hungarian, Germanic and Basque. PURE.

`endings` says how to read the tables. Baltic cases: genitive, dative, accusative, instrumental, locative; German:
genitive, dative; Icelandic: accusative, dative, genitive. Source: the declensions of school grammar, Hungarian as
Wiktionary tabulates it; all but Estonian, Dutch and Basque held against frequency lists as the Slavic ones are.
"""

from __future__ import annotations

NORTH = """
lt cases
a       os ai a a oje,oj
e       es ei e e eje
as      o ui a u e
is      io iui i iu yje
us      aus ui u umi uje
os      u oms as omis ose
es      iu,u ems es emis ese
ai      u ams us ais uose
iai     iu iams ius iais iuose

lv cases
a       as ai u u a
e       es ei i i e
s       a am u u a
is      a im i i i
i       u iem us iem os
otie    oto otajiem otos otajiem otajos
ota     otas otajai oto oto otaja
otas    oto otajam otas otajam otajas
valstis valstu valstim valstis valstim valstis
salas   salu salam salas salam salas

fi suffixes
V+      n a ta ssa sta lla lta lle na ksi =n
aa+     n ta ssa sta han seen lla lta lle na ksi
nti     nnin nnissa nnista nnilla nnilta nnille nniksi ntia ntiin ntina
kki     kin kissa kista killa kilta kille kiksi kkia kkiin kkina
kka     kan kassa kasta kalla kalta kalle kaksi kkaa kkaan kkana
suomi   suomen suomessa suomesta suomeen suomea suomella suomelta suomelle suomena suomeksi
vallat  valtain valtojen valloissa valloista valtoihin valtoja valloilla valloilta valloille valloiksi valtoina
maat    maiden maissa maista maihin maita mailla mailta maille maiksi maina
kunnat  kuntien kunnissa kunnista kuntiin kuntia kunnilla kunnilta kunnille kunniksi
saaret  saarten saarien saarissa saarista saariin saaria saarilla saarilta saarille
kunta   kunnan kunnassa kunnasta kuntaan kuntaa kunnalla kunnalta kunnalle kunnaksi
valta   vallan vallassa vallasta valtaan valtaa vallalla vallalta vallalle vallaksi
alue    alueen alueella alueelta alueelle alueita alueiden alueilla alueilta alueille
iinit   iinien iinia iineja iineissa iineista iineihin iineilla iineilta iineille
iivit   iivien iivia iiveja iiveissa iiveista iiveihin iiveilla iiveilta iiveille
orit    orien oria oreja oreissa oreista oreihin oreilla oreilta oreille
ellit   ellien ellia elleja elleissa elleista elleihin elleilla elleilta elleille
s       ksen ksessa ksesta kseen ksella kselta kselle ksena sta sin sissa sista siin sia silla silta sille
C+      in ia issa ista iin illa ilta ille ina iksi

et suffixes
V+      s st sse t le l lt ks ga ta na ni d
C+      i is ist isse it ile il ilt iks iga ita ina ini
riigid  riikide riikides riikidest riikidesse riike riikidele riikidel riikidelt riikidega
alad    alade alades aladest aladele aladel aladelt alasid aladega
miraadid miraatide miraatides miraatidest miraatidesse miraatidele miraate miraatidega

hu suffixes
V+      t n ban ben bol ba be nak nek ra re rol tol hoz hez val vel nal nel ert ig kent
C+      t ot et at on en ban ben bol ba be nak nek ra re rol tol hoz hez =al =el nal nel ert ig kent

de cases
V+      s -
C+      s -
s       - -
z       - -
x       - -
ische   ischen ischen,ischer
igte    igten,igter igten
igtes   igten igtem
reich   reichs,reiches reich
staaten staaten staaten
lande   lande landen
inseln  inseln inseln
emirate emirate emiraten
gebiete gebiete gebieten

sv da no nl suffixes
V+      s
C+      s
s+
x+
z+

is cases
land    land landi lands
riki    riki riki rikis
a       u u u
rikin   rikin rikjunum rikjanna
noregur noreg noregi noregs
danmork danmorku danmorku danmerkur
eyjar   eyjar eyjum eyja
þjoð    þjoð þjoð þjoðar
borg    borg borg borgar
C       - - s

eu suffixes
V+      n ko ren ra rako tik k ri rekin rentzat z rantz
C+      en eko era erako etik ek i ekin entzat ez erantz
ak      etan etako en etara etatik ek ei ekin entzat
"""
