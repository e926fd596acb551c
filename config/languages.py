"""Codes of languages as BCP 47 (RFC 5646) writes them: `en`, `uk`, `pt-BR`; kept in lower case.

A wrong code would not fail, it would silently match nothing. So the language itself is looked up, and what people take
for it (a country's code, three letters where two are right) is answered with the code to write.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from config.fields import one_line
from config.refusing import refuse

_SHAPE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,8}")

_TWO: Final = """
aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg ar=ara as=asm av=ava ay=aym az=aze ba=bak be=bel bg=bul bh=bih
bi=bis bm=bam bn=ben bo=bod/tib br=bre bs=bos ca=cat ce=che ch=cha co=cos cr=cre cs=ces/cze cu=chu cv=chv
cy=cym/wel da=dan de=deu/ger dv=div dz=dzo ee=ewe el=ell/gre en=eng eo=epo es=spa et=est eu=eus/baq fa=fas/per
ff=ful fi=fin fj=fij fo=fao fr=fra/fre fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau he=heb hi=hin
ho=hmo hr=hrv ht=hat hu=hun hy=hye/arm hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido is=isl/ice it=ita
iu=iku ja=jpn jv=jav ka=kat/geo kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan ko=kor kr=kau ks=kas ku=kur
kv=kom kw=cor ky=kir la=lat lb=ltz lg=lug li=lim ln=lin lo=lao lt=lit lu=lub lv=lav mg=mlg mh=mah mi=mri/mao
mk=mkd/mac ml=mal mn=mon mr=mar ms=msa/may mt=mlt my=mya/bur na=nau nb=nob nd=nde ne=nep ng=ndo nl=nld/dut nn=nno
no=nor nr=nbl nv=nav ny=nya oc=oci oj=oji om=orm or=ori os=oss pa=pan pi=pli pl=pol ps=pus pt=por qu=que rm=roh
rn=run ro=ron/rum ru=rus rw=kin sa=san sc=srd sd=snd se=sme sg=sag sh=hbs si=sin sk=slk/slo sl=slv sm=smo sn=sna
so=som sq=sqi/alb sr=srp ss=ssw st=sot su=sun sv=swe sw=swa ta=tam te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl
tn=tsn to=ton tr=tur ts=tso tt=tat tw=twi ty=tah ug=uig uk=ukr ur=urd uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol
xh=xho yi=yid yo=yor za=zha zh=zho/chi zu=zul
"""
"""ISO 639-1 with the three letters of ISO 639-2 (terminologic, and bibliographic where that differs)."""

_COUNTRIES: Final = """
al=sq at=de by=be cn=zh cz=cs dk=da gb=en ge=ka gr=el il=he in=id ir=fa iw=he ji=yi jp=ja kp=ko kz=kk me=sr mo=ro
rs=sr tj=tg ua=uk us=en vn=vi
"""
"""What is no language's code (a country's, or one of old), and the language that is meant by it."""

_PAIRS: Final = {two: three.split("/") for two, _, three in (pair.partition("=") for pair in _TWO.split())}
_MEANT: Final = {country: two for country, _, two in (pair.partition("=") for pair in _COUNTRIES.split())}
_SHORTER: Final = {code: two for two, codes in _PAIRS.items() for code in codes}


def language_code(text: str) -> str:
    """Check one code and return it in lower case."""
    code = text.lower()
    if _SHAPE.fullmatch(code.replace("_", "-")) and "_" in code:
        refuse("{given} is written with a dash: `" + text.replace("_", "-") + "`")
    first, dash, rest = code.partition("-")
    if not _SHAPE.fullmatch(code):
        refuse("{given} is no language; write its code, such as en, uk or pt-BR")
    if shorter := _SHORTER.get(first):
        refuse("{given} has a shorter code; write `" + shorter + dash + rest + "`")
    if len(first) == len("en") and first not in _PAIRS:
        meant = _MEANT.get(first)
        refuse(
            "there is no language {given}" + (f"; did you mean `{meant}`?" if meant else "; uk, en and pt-BR are such")
        )
    return code


Language = Annotated[str, StringConstraints(max_length=100), AfterValidator(one_line), AfterValidator(language_code)]
