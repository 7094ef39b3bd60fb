"""One small centre: groups, people, and the workbooks staff would send. All institutions are invented."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

FIRST, SECOND, OFFICE, FOREIGN = 700100200, 700100201, 700100299, 700100300
STAFF, APPLICANT, MEMBER = 300400001, 300400500, 300400501
SELF = 10001
CODE = "0340777"

LABS = [
    ["实验室编码", "单位名称", "简称/别名", "地市"],
    ["0340101", "合肥演示晴川医院", "晴川医院", "合肥市"],
    ["0340102", "芜湖演示云栖医院", "", "芜湖市"],
    ["0340103", "太和演示青禾卫生院", "", "阜阳市"],
    ["0340104", "池州演示听涛医院", "", "池州市"],
]
PROGRAMMES = [
    ["年度", "项目编码", "项目名称", "别名", "次数", "是否计分"],
    ["2026", "A01", "凝血试验", "凝血", "2", "是"],
    ["2026", "A02", "糖化血红蛋白", "糖化", "2", "是"],
]
ROUNDS = [
    ["年度", "次数", "项目", "发放日期", "预计到达", "上报截止", "样本号"],
    [2026, 1, "凝血", "2026-03-19", "2026-03-21", "2026-03-27 17:00", "202611-202615"],
    [2026, 1, "糖化血红蛋白", "2026-03-19", "2026-03-21", "2026-03-27 17:00", "202611-202612"],
]
APPLICATIONS = [
    ["单位名称", "地市", "联系人", "电话", "QQ", "提交日期"],
    ["宣城演示望岳医院", "宣城市", "王演示", "0563-0000000", str(APPLICANT), "2026-03-18"],
]


def submissions(reported: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The whole list of activity 1; `reported` are (programme, lab code)."""
    rows = [["年度", "次数", "项目", "实验室编码", "上报情况"]]
    for programme in ("凝血试验", "糖化血红蛋白"):
        for lab in LABS[1:]:
            said = "已上报" if (programme, lab[0]) in reported else "未上报"
            rows.append(["2026", "第1次", programme, lab[0], said])
    return rows


def xlsx(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def gb18030(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def scene(path: Path) -> Path:
    """Groups, members and friends as the fake QQ loads them."""

    def member(user: int, card: str, role: str = "member") -> dict[str, Any]:
        return {"user_id": user, "card": card, "nickname": card, "role": role}

    people = [
        member(SELF, "质评助手", "admin"),
        member(STAFF, "中心-刘老师"),
        member(APPLICANT, "宣城演示望岳医院+王演示"),
        member(MEMBER, "合肥演示晴川医院+李演示"),
    ]
    groups = [
        {"group_id": number, "group_name": name, "members": people}
        for number, name in ((FIRST, "一群"), (SECOND, "二群"), (OFFICE, "办公室"), (FOREIGN, "别人的群"))
    ]
    path.write_text(json.dumps({"groups": groups, "friends": [{"user_id": STAFF}, {"user_id": APPLICANT}]}))
    return path
