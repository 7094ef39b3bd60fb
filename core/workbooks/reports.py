"""What labs have done in a round."""

from core.workbooks import cells, columns, moments
from core.workbooks.columns import needed, optional
from core.workbooks.kind import Kind

SUBMISSIONS = Kind(
    "submissions",
    "上报情况表",
    (
        columns.YEAR,
        columns.NUMBER,
        columns.PROGRAMME,
        columns.LAB_CODE,
        needed(
            optional(
                "reported",
                "上报情况",
                "上报状态 是否上报 回报情况 回报状态 是否回报 状态",
                cells.reported,
                "已上报",
                "应写 已上报 或 未上报",
                choices=("已上报", "未上报"),
            )
        ),
        optional(
            "reported_at",
            "上报时间",
            "上报日期 回报时间 提交时间",
            moments.deadline,
            "2026-03-20 10:30",
            columns.MOMENT,
        ),
    ),
    key=("year", "n", "programme", "lab_code"),
)
