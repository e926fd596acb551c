"""How names of countries change in Korean, in the languages of India, in Arabic, Hebrew and Amharic. PURE.

`endings` says how to read the tables. What other languages write as words of their own is one word with the name here:
Korean particles, Indian case endings, and the short prepositions and conjunctions before it in Semitic languages. Hindi
and Urdu need no rows. Sources: H. Sohn, The Korean Language (1999); C. P. Masica, The Indo-Aryan Languages (1991);
S. B. Steever, The Dravidian Languages (1998); K. C. Ryding, Modern Standard Arabic (2005); L. Glinert, Modern Hebrew
(2005); W. Leslau, Reference Grammar of Amharic (1995).
"""

from __future__ import annotations

EAST = """
ko suffixes
V+      는 가 를 와 로 의 에 에서 에게 도 만 까지 부터 보다 처럼 에는 에서는 에도 에서도 로부터 나
        라는 에서의 와의 로의 까지의 에의
C+      은 이 을 과 으로 로 의 에 에서 에게 도 만 까지 부터 보다 처럼 에는 에서는 에도 에서도
        으로부터 로부터 이나 이라는 에서의 과의 으로의 까지의 에의

mr suffixes
V+      च्या चा ची चे ला ने मध्ये मधील मधून तील वर साठी शी कडून कडे विरुद्ध विरोधात त तून स नं
C+      च्या चा ची चे ला ने मध्ये मधील मधून ातील वर साठी शी कडून कडे विरुद्ध विरोधात ात ातून स नं

ne suffixes
V+      को का की मा ले लाई बाट सँग सँगको देखि सम्म माथि विरुद्ध
C+      को का की मा ले लाई बाट सँग सँगको देखि सम्म माथि विरुद्ध

bn suffixes
া+      র য় কে তে য়ের
ি+      র তে কে
ে+      র তে কে
ো+      র তে কে
C+      ের ে কে তে

as suffixes
া+      ৰ ত ক লৈ
V+      ৰ ত ক লৈ
C+      ৰ ত ক লৈ ে

gu suffixes
V+      ના ની નો નું માં માંથી ને એ થી પર નાં
C+      ના ની નો નું માં માંથી ને એ થી પર નાં ે

or suffixes
V+      ର ରେ କୁ ରୁ
C+      ର ରେ କୁ ରୁ

si suffixes
ය       යේ යට යෙන් යෙහි
ව       වේ වට වෙන් වෙහි

ta suffixes
்       ில் ின் ுக்கு ிற்கு ை ால் ிலிருந்து ிலிருந்தும் ுடன் ும் ுக்கான ிலும்
ா+      வில் வின் வுக்கு விற்கு வை வால் விலிருந்து வுடன் வும் வுக்கான விலும்
ி+      யில் யின் க்கு யை யால் யிலிருந்து யுடன் யும்
ே+      வில் வின் வுக்கு யில் யின் யை
ை+      யில் யின் க்கு யை
ு       ில் ின் ுக்கு ிற்கு ை ால் ிலிருந்து ுடன்

te suffixes
V+      లో లోని ను కు తో నుంచి నుండి పై కి ని లోకి
C+      లో లోని ను కు తో నుంచి నుండి పై కి ని లోకి

kn suffixes
್+      ನಲ್ಲಿ ನ ಗೆ ನಿಂದ ನೊಂದಿಗೆ
ಾ+      ದಲ್ಲಿ ದ ಕ್ಕೆ ವನ್ನು ದಿಂದ ಗೆ
V+      ಯಲ್ಲಿ ಯ ಗೆ ಯನ್ನು ಯಿಂದ

ml suffixes
ൻ       നിൽ ന്റെ നെ നിലെ നിലേക്ക് നും നിന് നിൽനിന്ന്
ൽ       ലിൽ ലിന്റെ ലിനെ ലിലെ ലിലേക്ക് ലും
ർ       റിൽ റിന്റെ റിനെ റിലെ റിലേക്ക്
്       ിൽ ിന്റെ ിനെ ിലെ ിലേക്ക് ും
C+      യിൽ യുടെ യെ യ്ക്ക് ക്ക് യിലെ യിലേക്ക് യും യിൽനിന്ന്
ി+      യിൽ യുടെ യെ യ്ക്ക് ക്ക് യിലെ യിലേക്ക് യും

ar prefixes
ال      وال بال كال فال لل ولل فلل وبال فبال
C+      و ب ل ك ف وب ول فب فل

he prefixes
C+      ו ב ל מ כ ש וב ול ומ וש שב של שמ כש מש
וו+     ו ב ל מ כ ש וב ול ומ
ו       וו בוו לוו מוו כוו שוו ובוו ולוו ומוו

am prefixes
C+      የ በ ለ ከ ስለ እንደ

am suffixes
C+      ን ና ም
"""
