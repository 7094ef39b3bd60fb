"""What is offered: programmes and their rounds."""

from core.workbooks import cells, columns, figures, moments, words
from core.workbooks.columns import needed, optional, scores
from core.workbooks.kind import Kind

PROGRAMMES = Kind(
    "programmes",
    "质评项目表",
    (
        columns.YEAR,
        needed(
            optional(
                "code",
                "项目编码",
                "项目代码 项目编号 编码 代码",
                cells.identifier,
                "SL01",
                "项目的编码，如 SL01；同一年内不能重复",
                same=str.casefold,
            )
        ),
        needed(
            optional("name", "项目名称", "项目 质评项目 计划名称 名称", cells.text, "示例项目", "项目的正式名称")
        ),
        optional("aliases", "别名", "简称/别名 简称 俗称", cells.names, "示例、演示", columns.NAMES, empty=[]),
        optional(
            "rounds",
            "次数",
            "每年次数 年活动次数 活动次数",
            cells.times_a_year,
            "2",
            "应写一年的次数，如 2",
        ),
        optional("scored", "是否计分", "计分", words.yes_no, "是", "应写 是 或 否", choices=("是", "否")),
        scores(
            optional(
                "pass_score", "合格线", "及格线 合格分 合格分数", figures.score, "80", "应写 0–100 的数，如 80"
            )
        ),
        columns.PLAN_URL,
    ),
    key=("year", "code"),
)

ROUNDS = Kind(
    "rounds",
    "质评活动安排表",
    (
        columns.YEAR,
        columns.NUMBER,
        columns.PROGRAMME,
        optional(
            "dispatch_on",
            "发放日期",
            "发放时间 发样日期 样本发放日期 质控品发放日期",
            moments.day,
            "2026-03-10",
            columns.DAY,
        ),
        optional(
            "expected_on",
            "预计到达",
            "预计到达日期 预计到达时间 预计送达 预计送达日期",
            moments.day,
            "2026-03-12",
            columns.DAY,
        ),
        optional(
            "opens_at",
            "上报开始",
            "上报开始时间 上报开始日期 开始时间 开始日期",
            moments.start,
            "2026-03-13 09:00",
            columns.MOMENT,
        ),
        needed(
            optional(
                "deadline",
                "上报截止",
                "上报截止时间 上报截止日期 截止时间 截止日期 截止 回报截止 回报截止日期",
                moments.deadline,
                "2026-03-27 17:00",
                columns.WHOLE_DAY,
            )
        ),
        optional("sample_nos", "样本号", "样本编号 样品号 样品编号", cells.text, "202611-202615", "可自由填写"),
        optional(
            "scores_due_on",
            "成绩回报日期",
            "成绩回报 成绩回报时间 成绩发布日期",
            moments.day,
            "2026-04-15",
            columns.DAY,
        ),
        columns.PLAN_URL,
    ),
    key=("year", "n", "programme"),
)
