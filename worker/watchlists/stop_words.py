"""Words that stand in nearly every text of a language: alone they look for everything. PURE.

Written as people write them and folded here; a word that is rare in another language is common all the same.
"""

from __future__ import annotations

import re

from worker.text.tokens import words_of

_LISTS = """
en:
    a about after all also an and any are as at be been before but by can could did do for from had has have he
    her his how i if in into is it its just may more most my new no not now of on one only or other our out over
    said she so some than that the their them then there they this to two up us was we were what when where
    which who will with would you your
de:
    aber als am an auch auf aus bei bis das dass dem den der des die durch ein eine einem einen einer er es für
    haben hat ich im in ist kann man mehr mit nach nicht noch nur oder sich sie sind so über um und uns vom von
    vor war was wer werden wie wir wird zu zum zur
fr:
    à au aux avec ce ces cette d dans de des du elle en est et eux il ils je la le les leur l mais ne nous on ou
    où par pas plus pour qu que qui s sa se ses son sont sur tout un une vous y
es:
    a al como con de del desde el en entre es esta este fue ha han hay la las le lo los más no o para pero por
    que se ser si sin sobre su sus también un una y ya
pt:
    a à ao as com da das do dos e é em foi já mais mas não na nas nos os ou pela pelo se seu sua um uma
it:
    al alla che chi con da dal del della delle di e è gli i il in la le lo ma nel nella non per più sono si su
    un una
nl:
    aan als bij dat de die door een en er het hij ik in is maar met naar niet om ook op te tot uit van voor was
    wat we wij zijn zo
pl:
    a ale by był była było co czy dla do go i ich jak jako jest już na nad nie o od oraz po pod się są ta tak
    tego ten to tym w we z za ze że
cs:
    a aby ani být do i jak je jsou k ke kde která které který na od pro s se si tak u v ve však z že
uk:
    а або але без був була були в вже від він для до є з за зі і із її його й коли на не ні о по про та так те
    ти то у усі ця цей це чи що щоб як який
ru:
    а без был была были в вы где да для до если есть ещё же за и или из их к как ко когда который мы но об он
    она они от с со так также то только у уже что чтобы эта это этот я
"""

STOP_WORDS = {
    found["language"]: frozenset(words_of(found["words"]))
    for found in re.finditer(r"^(?P<language>\w\w):\n(?P<words>(?: +.*\n)+)", _LISTS, re.MULTILINE)
}
"""Language -> its words, folded."""
