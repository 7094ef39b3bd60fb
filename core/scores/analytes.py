"""What people call an analyte: 血糖 or GLU for 葡萄糖. One line an analyte, its names in any order."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from core.words import name_key

# Names only that mean one analyte to everybody in a laboratory; the sheet's own spelling always counts, too.
_ALIKE: Final = """
凝血酶原时间 PT
活化部分凝血活酶时间 部分凝血活酶时间 APTT
凝血酶时间 TT
纤维蛋白原 FIB FBG
国际标准化比值 INR
葡萄糖 血糖 GLU
尿素 尿素氮 UREA BUN
肌酐 CREA CRE CR
尿酸 UA
总蛋白 TP
白蛋白 ALB
总胆红素 TBIL
直接胆红素 DBIL
丙氨酸氨基转移酶 谷丙转氨酶 谷丙 ALT
天门冬氨酸氨基转移酶 天冬氨酸氨基转移酶 谷草转氨酶 谷草 AST
碱性磷酸酶 ALP
γ-谷氨酰基转移酶 谷氨酰转肽酶 GGT
肌酸激酶 CK
乳酸脱氢酶 LDH
总胆固醇 胆固醇 TC CHOL
甘油三酯 TG
高密度脂蛋白胆固醇 HDL HDL-C
低密度脂蛋白胆固醇 LDL LDL-C
钾 血钾 K
钠 血钠 NA
氯 血氯 CL
钙 血钙 CA
磷 血磷 P
镁 血镁 MG
白细胞 白细胞计数 WBC
红细胞 红细胞计数 RBC
血红蛋白 HGB HB
血小板 血小板计数 PLT
红细胞压积 红细胞比容 HCT
平均红细胞体积 MCV
促甲状腺素 促甲状腺激素 TSH
游离甲状腺素 FT4
游离三碘甲状腺原氨酸 FT3
甲状腺素 T4
三碘甲状腺原氨酸 T3
甲胎蛋白 AFP
癌胚抗原 CEA
降钙素原 PCT
C反应蛋白 C-反应蛋白 CRP
"""
KNOWN: Final = tuple(_ALIKE.split())
_BESIDE: Final = re.compile(r"^(.+?)[(\[](.+?)[)\]]$")  # 凝血酶原时间(PT)


def names_of(analyte: str) -> list[str]:
    """Everything that this analyte of a score sheet is called."""
    found = dict.fromkeys([analyte, *_parts(analyte)])
    for name in list(found):
        found.update(dict.fromkeys(_groups().get(name_key(name), ())))
    return list(found)


def _parts(analyte: str) -> Iterator[str]:
    if match := _BESIDE.match(analyte.replace("（", "(").replace("）", ")")):
        yield from (part.strip() for part in match.groups())


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    groups = [tuple(line.split()) for line in _ALIKE.strip().splitlines()]
    return {name_key(name): group for group in groups for name in group}
