"""Departments, titles and firms: what may stand beside a name, or in its place, and is none."""

import re
from typing import Final

from core.members.lists import any_of

_KIND: Final = "(?:(?:科室|科|实验室|办公室|室|小组|组|部|处|中心|办|病区|岗|股)(?!长))"
_DUTY: Final = (
    rf"(?:临床|医学)?(?:{any_of('duties')}){_KIND}*|(?:{any_of('departments')}){_KIND}+|科室|实验室|办公室"
)
_TITLE: Final = (
    r"(?:副|质量|技术|中心)?(?:主任|负责人?|联系人|管理员|质控员)"
    r"|(?:副?主任|主管|主治|住院|执业|助理)?(?:检验|护|药|医)?"
    r"(?:医师|技师|技士|护师|护士长?|药师|检验师|检验士|检验员|医生)"
    r"|主管|副?(?:院|所|站|科|室|组|处|局|股|班|区|部)长|老师|大夫|副?教授|博士|硕士|研究员|工程师|专员|专家"
    r"|秘书|干事|书记|同志|先生|女士|师傅|经理|员工|职工|医助|科员|进修|规培|实习生?"
)
# Atomic, so that 门诊门诊门诊…x is read in one pass.
DUTY_FIRST: Final = re.compile(rf"(?>{_DUTY}|(?:科室?|[室组])?(?:{_TITLE}))+", re.IGNORECASE)
DUTY_LAST: Final = re.compile(rf"(?>{_DUTY})+$", re.IGNORECASE)
TITLE_LAST: Final = re.compile(rf"(?>{_TITLE})+$")

TEMPLATE: Final = re.compile(
    r"(?=.*[位院名室门话机注某])(?:请|改|修改|记得|要求|格式|群名片|备注|名片|单位名称|医院名称|单位|医院|姓名|名字|真实姓名"
    r"|科室|部门|电话|手机|加|和|为|是|写|成|某)+"
)
VENDOR: Final = re.compile(any_of("vendors", "trade"))
CONTACT: Final = re.compile(r"(?:qq|vx|wx|tel|群)$", re.IGNORECASE)
