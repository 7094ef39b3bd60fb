"""What labs have done: applied for a programme, signed for samples, reported results."""

from core.workbooks import columns, moments, words
from core.workbooks.columns import needed, optional
from core.workbooks.kind import Kind

ENROLMENTS = Kind(
    "enrolments",
    "质评申请表",
    (
        columns.YEAR,
        columns.LAB_CODE,
        columns.PROGRAMME,
        needed(
            optional(
                "state",
                "申请状态",
                "申请情况 是否申请 报名状态 报名情况 是否报名",
                words.enrolled,
                "已申请",
                "应写 已申请、未申请 或 暂停",
                choices=("已申请", "未申请", "暂停"),
            )
        ),
    ),
    key=("year", "programme", "lab_code"),
)

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
                words.reported,
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

RECEIPTS = Kind(
    "receipts",
    "质控品签收表",
    (
        columns.YEAR,
        columns.NUMBER,
        columns.PROGRAMME,
        columns.LAB_CODE,
        columns.telling(
            optional(
                "received_at",
                "签收时间",
                "签收日期 收到时间 收到日期 收样时间 收样日期 接收时间",
                moments.deadline,
                "2026-03-12 10:30",
                f"{columns.MOMENT}；尚未签收的不填，已有的记录不变",
            )
        ),
    ),
    key=("year", "n", "programme", "lab_code"),
)
