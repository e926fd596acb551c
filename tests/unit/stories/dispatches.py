"""Dispatches of an agency that never was, in several languages, for the tests of what is a copy of what."""

from __future__ import annotations

from worker.stories.wording import Wording, wording
from worker.text.tokens import words_of

TITLE = "Dam on upper Tarva river gives way, valley evacuated"
PARAGRAPHS = (
    (
        "A dam on the upper Tarva river gave way before dawn, sending a wall of water through the valley and forcing "
        "the evacuation of 4,200 people, regional officials said."
    ),
    (
        "Governor Ilona Marek told reporters in Sedlice that nobody had been killed, but that rescuers were still trying "
        "to reach two farms cut off by the flood."
    ),
    (
        '"The water came faster than any of our models allowed for," Marek said, adding that the army had sent boats and '
        "helicopters at her request."
    ),
    (
        "Engineers had warned in spring that the concrete wall, built in 1961, was cracking along its eastern flank, and "
        "repairs worth 30 million crowns were to begin next month."
    ),
    (
        "The operator, Horska Energie, said it had opened every gate on Sunday evening and would assist the inquiry that "
        "the ministry of agriculture announced."
    ),
    (
        "Railway traffic between Sedlice and the border remains suspended, while the motorway bridge at Olsany was "
        "reopened to lorries in the afternoon."
    ),
)
TEXT = "\n".join(PARAGRAPHS)

RUSSIAN = (
    "Паводок размыл дорогу к перевалу",
    (
        "Мощный паводок размыл единственную дорогу к Карасукскому перевалу, и посёлок на 860 жителей остался без связи с "
        "районным центром, сообщили в управлении по чрезвычайным ситуациям.\n"
        "По словам начальника управления Сергея Лаптева, продукты и лекарства доставят вертолётом уже в четверг, если "
        "позволит погода, а больных вывезут в первую очередь.\n"
        "Дорожники рассчитывают открыть движение по временному мосту через неделю, однако предупреждают, что уровень воды "
        "в реке продолжает подниматься после дождей в верховьях."
    ),
)
UKRAINIAN = (
    "Буревій знеструмив громади на узбережжі",
    (
        "Буревій, що вночі пройшов узбережжям, залишив без світла 37 громад, повалив сотні дерев і пошкодив дахи шкіл, "
        "повідомили в обласній адміністрації.\n"
        "Голова адміністрації Марія Довгань сказала, що ремонтні бригади вже відновили живлення лікарень, а решту споживачів "
        "обіцяють під'єднати до вечора п'ятниці.\n"
        "Синоптики попереджають про новий шторм у вихідні й радять мешканцям прибережних сіл не виходити в море."
    ),
)
ARABIC = (
    "انهيار جسر قديم على نهر الوادي",
    (
        "انهار جسر قديم على نهر الوادي فجر اليوم بعد أمطار غزيرة استمرت ثلاثة أيام، مما أدى إلى عزل خمس قرى عن المدينة، "
        "بحسب ما أعلنه محافظ الإقليم.\n"
        "وقال المحافظ سليم الحداد إن فرق الإنقاذ نقلت عشرات العائلات إلى مدارس آمنة، وإن المهندسين يعملون على إقامة جسر "
        "مؤقت خلال أسبوع واحد.\n"
        "وأضاف أن الطريق الجبلي سيبقى مغلقا أمام الشاحنات حتى تنتهي لجنة السلامة من فحص الأساسات."
    ),
)
CHINESE = (
    "北方山区强降雨致水库大坝出现裂缝",
    (
        "北方山区连日强降雨，一座建于上世纪六十年代的水库大坝出现裂缝，当地政府连夜组织下游村庄的居民转移到安全地带，目前没有人员伤亡报告。\n"
        "省应急管理厅负责人表示，专家组已经抵达现场检查坝体，工程人员正在开闸泄洪，以降低水位并减轻大坝承受的压力。\n"
        "气象部门预计未来两天雨势将逐渐减弱，但提醒居民警惕山体滑坡和道路塌方，铁路部门已暂停部分列车运行。"
    ),
)
JAPANESE = (
    "山あいの町で大規模停電、復旧は夜の見通し",
    (
        "強風で送電線が切れた影響により、山あいの町で大規模な停電が発生し、病院や学校では非常用の発電機を使って対応していると町の担当者が明らかにした。\n"
        "電力会社は作業員を増やして復旧を急いでいるが、倒木が道路をふさいでいるため、すべての家庭に電気が戻るのは夜になるとの見通しを示した。\n"
        "町は体育館に避難所を設け、毛布と温かい食事を用意して、高齢者や乳幼児のいる家庭に早めの避難を呼びかけている。"
    ),
)
LANGUAGES = {"ru": RUSSIAN, "uk": UKRAINIAN, "ar": ARABIC, "zh": CHINESE, "ja": JAPANESE, "en": (TITLE, TEXT)}


def prepared(title: str, text: str = "", link: str | None = None) -> Wording:
    return wording(title, text, link, title_words=words_of(title), text_words=words_of(text))


def opening(words: int) -> str:
    """The first words of the dispatch."""
    return " ".join(TEXT.split()[:words])
