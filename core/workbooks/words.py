"""Cells that hold one of a closed set of words, each standing for a value (interfaces §3)."""

from collections.abc import Mapping
from typing import Any

from core.certificates.models import Certified
from core.enrolment.models import Enrolled
from core.scores.models import Verdict
from core.workbooks.cells import BadCell, Cell, RowContext, text
from core.workbooks.figures import score

_YES = ("是", "√", "✓", "✔", "Y", "YES", "TRUE", "1")
_NO = ("否", "×", "✗", "✘", "X", "N", "NO", "FALSE", "0")


class OneOf:
    """A parser for words: value → the words for it, as blank-separated text or one by one."""

    def __init__(self, words: Mapping[Any, str | tuple[str, ...]]) -> None:
        self.words: dict[str, Any] = {}
        for value, said in words.items():
            self.words |= dict.fromkeys(said.split() if isinstance(said, str) else said, value)

    def __call__(self, cell: Cell, context: RowContext) -> object:
        word = text(cell, context).replace(" ", "").upper()
        if word not in self.words:
            raise BadCell("word")
        return self.words[word]


yes_no = OneOf({True: (*_YES, "计分"), False: (*_NO, "不计分")})
reported = OneOf(
    {
        True: (*_YES, "已上报", "已报", "已回报", "已重新上报"),
        False: (*_NO, "未上报", "未报", "未回报"),
    }
)
stopped = OneOf({False: "正常 启用 在用 参评", True: "停用 停止 注销"})
enrolled = OneOf(
    {
        str(Enrolled.APPLIED): (*_YES, "已申请", "已报名", "申请", "报名", "参加"),
        str(Enrolled.NOT_APPLIED): (*_NO, "未申请", "未报名", "不申请", "不参加"),
        str(Enrolled.SUSPENDED): "暂停 暂停发放 已暂停",
    }
)
issued = OneOf(
    {
        str(Certified.ISSUED): (*_YES, "已发放", "已发", "已颁发"),
        str(Certified.NOT_ISSUED): (*_NO, "未发放", "未发", "不发放", "未颁发"),
    }
)
role = OneOf(
    {
        "owner": "群主 OWNER",
        "admin": "管理员 ADMIN",
        "member": "成员 群成员 普通成员 MEMBER",
        "robot": "机器人 ROBOT",
    }
)

_NO_FIGURE = {
    str(Verdict.NOT_SCORED): "不计分 未计分 不评分 不计成绩 成绩不计分",
    str(Verdict.NOT_APPLICABLE): "不适用 成绩不适用 不评价 无法评价",
}
verdict = OneOf(
    {
        str(Verdict.SATISFACTORY): "合格 满意 及格 通过 成绩合格 成绩满意",
        str(Verdict.UNSATISFACTORY): "不合格 不满意 不及格 不通过 未通过 成绩不合格 成绩不满意",
        **_NO_FIGURE,
    }
)
_without_figure = OneOf(_NO_FIGURE)


def pt_score(cell: Cell, context: RowContext) -> float | str:
    """0–100, or the verdict that a word in its place stands for: 100, 100％, 成绩100％, 不计分, 成绩不适用."""
    if isinstance(cell, str):
        word = text(cell, context).replace(" ", "").upper()
        if word in _without_figure.words:
            return str(_without_figure.words[word])
        cell = word.removeprefix("PT").removeprefix("成绩").removeprefix("得分").lstrip(":")
    return score(cell, context)
