"""How names of countries change in Slavic languages; `endings` says how to read the tables. PURE.

Five cases: genitive, dative, accusative, instrumental, locative; of adjectives (Южная, Spojené, Zjednoczone) what
stands in such names. Source: the declensions of school grammar; all but Belarusian and Serbian in Cyrillic held against
the words of frequency lists that begin as a country's name does.
"""

from __future__ import annotations

SLAVIC = """
ru cases
ия      ии ии ию ией,иею ии
я       и е ю ей е
а       ы е у ой,ою е
ка      ки ке ку кой,кою ке
га      ги ге гу гой ге
оа      оа оа оа оа оа
ха      хи хе ху хой хе
ца      цы це цу цей це
жа      жи же жу жей же
ша      ши ше шу шей ше
ь       и,я и,ю ь ью,ем и,е
й       я ю й ем е
ы       ,ов ам ы ами ах
лы      л,лов лам лы лами лах
и       ов,ей,й ам,ям и ами,ями ах,ях
острова островов островам острова островами островах
ова     овы ове ову овой ове
ые      ых ым ые ыми ых
ие      их им ие ими их
ая      ой ой ую ой,ою ой
ий      ого,его ому,ему ий им ом,ем
ый      ого ому ый ым ом
ое      ого ому ое ым ом
ство    ства ству ство ством стве
ово     ова ову ово овом ове
египет  египта египту египет египтом египте
C       а у - ом е
ж       жа жу ж жем же
ш       ша шу ш шем ше

uk cases
ія      ії ії ію ією ії
я       і і ю ею і
ея      еї еї ею еєю еї
а       и і у ою і
ка      ки ці ку кою ці
га      ги зі гу гою зі
ха      хи сі ху хою сі
оа      оа оа оа оа оа
жа      жі жі жу жею жі
ча      чі чі чу чею чі
ща      щі щі щу щею щі
ська    ської ській ську ською ській
цька    цької цькій цьку цькою цькій
денна   денної денній денну денною денній
нічна   нічної нічній нічну нічною нічній
хідна   хідної хідній хідну хідною хідній
ична    ичної ичній ичну ичною ичній
нова    нової новій нову новою новій
велика  великої великій велику великою великій
ь       я,і ю,еві,і ь ем,ю і,ю
сь      сі сі сь ссю сі
й       ю,я ю,єві й єм ї,ю
и       ,ів ам и ами ах
острови островів островам острови островами островах
ні      них ним ні ними них
кі      ких ким кі кими ких
ий      ого ому ий им ому
не      ного ному не ним ному
ство    ства ству ство ством стві
єгипет  єгипту єгипту єгипет єгиптом єгипті
C       у,а у,ові - ом і,у
г       гу гу,гові г гом зі,гу
ж       жу жу ж жем жі

be cases
ія      іі,іх іі,ім ію,ія іяй,імі іі,іх
я       і і ю яй і
а       ы е у ай е
ка      кі цы ку кай цы
оа      оа оа оа оа оа
ая      ай ай ую ай,аю ай
сь      сі сі сь ссю сі
ь       і,я і,ю ь ем,ю і
й       я ю й ем і
ыя      ых ым ыя ымі ых
ы       ,аў,ага ам,аму ы амі,ым ах,ым
C       а,у у - ам е,у

pl cases
oa      oa oa oa oa oa
ia      ii ii ie ia ii
ja      ji ji je ja ji
ea      ei ei ee ea ei
a       y ie e a ie
ka      ki ce ke ka ce
ga      gi dze ge ga dze
gua     gui gui gue gua gui
da      dy dzie de da dzie
ta      ty cie te ta cie
ra      ry rze re ra rze
la      li li le la li
sa      sy sie se sa sie
ska     skiej skiej ska ska skiej
polska  polski polsce polske polska polsce
niowa   niowej niowej niowa niowa niowej
nocna   nocnej nocnej nocna nocna nocnej
odnia   odniej odniej odnia odnia odniej
tyczna  tycznej tycznej tyczna tyczna tycznej
nowa    nowej nowej nowa nowa nowej
wielka  wielkiej wielkiej wielka wielka wielkiej
bialorus bialorusi bialorusi bialorus bialorusia bialorusi
rus     rusi rusi rus rusia rusi
y       ,ow om y ami ach
czechy  czech czechom czechy czechami czechach
niemcy  niemiec niemcom niemcy niemcami niemczech
wlochy  wloch wlochom wlochy wlochami wloszech
wegry   wegier wegrom wegry wegrami wegrzech
indie   indii indiom indie indiami indiach
skie    skich skim skie skimi skich
one     onych onym one onymi onych
ele     eli elom ele elami elach
ow      owa owowi ow owem owie
wo      wa wu wo wem wie
two     twa twu two twem twie
ko      ka ku ko kiem ku
ngo     nga ngu ngo ngiem ngu
C       u,a owi,u - em ie,u
n       nu,na nowi n nem nie
k       ku,ka kowi k kiem ku
g       gu,ga gowi g giem gu
d       du,da dowi d dem dzie
t       tu,ta towi t tem cie
r       ru,ra rowi r rem rze
l       lu,la lowi l lem lu

cs cases
oa      oa oa oa oa oa
a       y e u ou e
ka      ky ce ku kou ce
ga      gy ze gu gou ze
ea      eje,ey eji eu,eju ou,eou eji
ie      ie ii ii ii ii
ska     ske ske skou,sku skou ske
ko      ka ku ko kem ku
ngo     nga ngu ngo ngem ngu
vo      va vu vo vem vu
tvi     tvi tvi tvi tvim tvi
y       ,u um,am y y,ami ech,ach
staty   statu statum staty staty statech
vy      veho vemu vy,veho vym vem
ni      niho nimu ni nim nim
ene     enych,eneho enym,enemu ene enymi,enym enych,enem
ske     skych skym ske skymi skych
cky     ckeho ckemu cky ckym ckem
C       u,a,e u,i - em u,e,i

sk cases
oa      oa oa oa oa oa
a       y e u ou e
ia      ie ii iu iou ii
ea      ey ei eu eou ei
ska     skej skej sku skou skej
juzna   juznej juznej juznu juznou juznej
erna    ernej ernej ernu ernou ernej
odna    odnej odnej odnu odnou odnej
adna    adnej adnej adnu adnou adnej
velka   velkej velkej velku velkou velkej
ko      ka ku ko kom ku
vo      va vu vo vom ve
y       ,ov am,om y ami,mi ach,och
vy      veho vemu vy vym vom
ny      neho nemu ny nym nom
ene     enych,eneho enym,enemu ene enymi,enym enych,enom
ske     skych skym ske skymi skych
C       u,a u,ovi - om e,u,i

sl cases
oa      oa oa oa oa oa
a       e i o o i
ska     ske,skega ski,skemu sko sko,skim ski,skem
o       a u o om,im u
ene     enih enim ene enimi enih
rzave   rzav rzavam rzave rzavami rzavah
ni      nih,nega nim,nemu ne,ni nimi,nim nih,nem
ski     skih skim ske skimi skih
ati     atov atom ate ati atih
ki      kov kom ke ki kih
C       a u - om u

hr bs sr_Latn cases
a       e i u om i
ka      ke ci,ki ku kom ci,ki
ga      ge zi,gi gu gom zi,gi
ska     ske skoj sku skom skoj
cka     cke ckoj cku ckom ckoj
juzna   juzne juznoj juznu juznom juznoj
erna    erne ernoj ernu ernom ernoj
nova    nove novoj novu novom novoj
velika  velike velikoj veliku velikom velikoj
vo      va vu vo vom vu
ko      ka ku ko kom ku
ngo     nga ngu ngo ngom ngu
eno     enog,enoga enom eno enim enom
rzave   rzava rzavama rzave rzavama rzavama
ene     enih enim ene enim enim
cke     ckih ckim cke ckim ckim
eni     enih enim ene enim enim
ski     skih skim ske skim skim
ati     ata atima ate atima atima
C       a u - om,em u

sr cases
а       е и у ом и
ка      ке ци,ки ку ком ци,ки
га      ге зи,ги гу гом зи,ги
ска     ске ској ску ском ској
чка     чке чкој чку чком чкој
шка     шке шкој шку шком шкој
јужна   јужне јужној јужну јужном јужној
ерна    ерне ерној ерну ерном ерној
нова    нове новој нову новом новој
велика  велике великој велику великом великој
во      ва ву во вом ву
ко      ка ку ко ком ку
нго     нга нгу нго нгом нгу
ено     еног,енога еном ено еним еном
жаве    жава жавама жаве жавама жавама
ене     ених еним ене еним еним
ени     ених еним ене еним еним
ски     ских ским ске ским ским
ати     ата атима ате атима атима
C       а у - ом,ем у
"""
