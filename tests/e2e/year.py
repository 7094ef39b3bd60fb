"""A year of four invented labs: their workbooks, the people in the groups, and what must never leave a lab.

No four digits of a code, no figure and no number in here occurs in anything public.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.scene import FIRST, FOREIGN, OFFICE, SELF, STAFF, xlsx

A, B, C, D = "合肥演示晴川医院", "芜湖演示云栖医院", "太和演示青禾卫生院", "池州演示听涛医院"
CODES = {A: "0718293", B: "0864753", C: "0935172", D: "0597864"}
ONE, TWO, OF_B, OF_C, OF_D = 300400501, 300400502, 300400503, 300400504, 300400505
PRETENDER, OWNER, PASSER, GUESSER, CLAIMANT, CODED = (
    300400511,
    300400512,
    300400513,
    300400514,
    300400515,
    300400516,
)
OUTSIDER = 300400599  # in no managed group
FRIENDS = (ONE, TWO, OF_B, OF_C, OF_D, PRETENDER, OWNER, GUESSER, CLAIMANT)

# What an answer to a lab's own people may bear, and nothing else: besides its code and states.
SECRETS = {
    A: ("PT成绩 100", "PT成绩 80", "备注甲", "甲证", "3月19日 07:43", "3月18日 06:29"),
    B: ("PT成绩 60", "PT成绩 90", "备注乙", "乙证", "3月19日 05:17"),
    C: ("PT成绩 70", "备注丙", "丙证"),
    D: ("PT成绩 20", "备注丁", "丁证"),
}
FIGURES = (100, 80, 60, 90, 70, 20)

Rows = Sequence[Sequence[Any]]


def _labs() -> Rows:
    head = ["实验室编码", "单位名称", "简称/别名", "地市", "联系人", "电话"]
    short = {A: "晴川医院"}
    return [
        head,
        *([CODES[lab], lab, short.get(lab, ""), lab[:2] + "市", "王演示", "0550-1111111"] for lab in CODES),
    ]


def _programmes() -> Rows:
    head = ["年度", "项目编码", "项目名称", "别名", "次数", "是否计分"]
    rows = [
        ["A01", "凝血试验", "凝血", "2", "是"],
        ["A02", "糖化血红蛋白", "糖化", "2", "是"],
        ["A03", "血型", "", "2", "否"],
    ]
    return [head, *([year, *row] for year in ("2025", "2026") for row in rows)]


def _rounds() -> Rows:
    """The autumn of last year is closed, the spring open."""
    head = ["年度", "次数", "项目", "发放日期", "预计到达", "上报截止"]
    autumn = [
        ["2025", "2", code, "2025-09-08", "2025-09-10", "2025-09-18 17:00"] for code in ("A01", "A02", "A03")
    ]
    spring = [["2026", "1", code, "2026-03-16", "2026-03-18", "2026-03-27 17:00"] for code in ("A01", "A02")]
    return [head, *autumn, *spring]


def _enrolments() -> Rows:
    """云栖 is suspended from one programme; 听涛 stands on the list of submissions only."""
    states = {
        A: ("已申请", "已申请", "未申请"),
        B: ("已申请", "暂停", "已申请"),
        C: ("已申请", "已申请", "未申请"),
    }
    names = ("A01", "A02", "A03")
    rows = [
        ["2026", CODES[lab], code, said]
        for lab, words in states.items()
        for code, said in zip(names, words, strict=True)
    ]
    return [["年度", "实验室编码", "项目", "申请状态"], *rows]


def _submissions() -> Rows:
    """晴川 has reported everything, 云栖 and 青禾 nothing."""
    head = ["年度", "次数", "项目", "实验室编码", "上报情况", "上报时间"]
    done = [["2026", "1", code, CODES[A], "已上报", "2026-03-19 07:43"] for code in ("A01", "A02")]
    silent = [["2026", "1", "A01", CODES[lab], "未上报", ""] for lab in (B, C, D)]
    return [head, *done, *silent, ["2026", "1", "A02", CODES[C], "未上报", ""]]


def _receipts() -> Rows:
    head = ["年度", "次数", "项目", "实验室编码", "签收时间"]
    return [
        head,
        ["2026", "1", "A01", CODES[A], "2026-03-18 06:29"],
        ["2026", "1", "A01", CODES[B], "2026-03-19 05:17"],
    ]


def _scores() -> Rows:
    head = ["年度", "次数", "项目", "分析物", "实验室编码", "及格数", "总数", "PT成绩", "评价", "备注"]
    rows: list[list[Any]] = [
        ["A01", "", CODES[A], 5, 5, 100, "合格", "备注甲"],
        ["A02", "", CODES[A], 4, 5, 80, "合格", ""],
        ["A03", "", CODES[A], "", "", "", "不计分", ""],
        ["A01", "", CODES[B], 3, 5, 60, "不合格", "备注乙"],
        ["A02", "", CODES[B], 9, 10, 90, "合格", ""],
        ["A01", "", CODES[C], 7, 10, 70, "不合格", "备注丙"],
        ["A01", "", CODES[D], 1, 5, 20, "不合格", "备注丁"],
    ]
    return [head, *(["2025", "2", *row] for row in rows)]


def _certificates() -> Rows:
    head = ["年度", "实验室编码", "项目", "证书编号", "状态"]
    issued = [
        ["2025", CODES[lab], "A01", f"{mark}证-A01", "已发放"]
        for lab, mark in ((A, "甲"), (B, "乙"), (C, "丙"), (D, "丁"))
    ]
    return [head, *issued, ["2025", CODES[A], "A02", "", "未发放"]]


def workbooks(folder: Path) -> list[Path]:
    """As staff would send them."""
    sheets = {
        "名录": _labs(),
        "项目": _programmes(),
        "安排": _rounds(),
        "申请全量": _enrolments(),
        "上报全量": _submissions(),
        "签收": _receipts(),
        "成绩": _scores(),
        "证书": _certificates(),
    }
    return [xlsx(folder / f"{name}.xlsx", rows) for name, rows in sheets.items()]


def people(path: Path) -> Path:
    """Cards, roles and titles as anybody may have them in a group; only staff are friends at first."""
    names = {
        ONE: f"{A}+李演示", TWO: f"{A}+赵演示", OF_B: f"{B}+钱演示", OF_C: f"{C}+孙演示", OF_D: f"{D}+周演示",
        PRETENDER: f"{A}+张演示", OWNER: f"{A}+吴演示", PASSER: f"{A}+郑演示", GUESSER: f"{B}+冯演示",
        CLAIMANT: "陈演示", CODED: f"晴川医院{CODES[A]}", STAFF: "中心-刘老师",
    }  # fmt: skip
    members: list[dict[str, Any]] = [
        {"user_id": user, "card": card, "nickname": card} for user, card in names.items()
    ]
    for one in members:
        if one["user_id"] == OWNER:
            one |= {"role": "owner", "title": "质评中心管理员"}
        if one["user_id"] == GUESSER:
            one |= {"role": "admin"}
    members.append({"user_id": SELF, "card": "质评助手", "nickname": "质评助手", "role": "admin"})
    groups: list[dict[str, Any]] = [
        {"group_id": number, "group_name": name, "members": members}
        for number, name in ((FIRST, "一群"), (OFFICE, "办公室"))
    ]
    outside = [{"user_id": OUTSIDER, "card": f"{A}+王演示", "nickname": "王"}]
    groups.append({"group_id": FOREIGN, "group_name": "别人的群", "members": outside})
    path.write_text(json.dumps({"groups": groups, "friends": [{"user_id": STAFF}]}))
    return path
