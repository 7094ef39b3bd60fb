"""Who takes part: labs and first applications."""

from dataclasses import replace

from core.workbooks import cells, columns, moments, words
from core.workbooks.columns import optional
from core.workbooks.kind import Kind

LABS = Kind(
    "labs",
    "单位名录",
    (
        replace(columns.LAB_CODE, ident="code"),
        columns.UNIT,
        optional("aliases", "简称/别名", "简称 别名", cells.names, "演示医院、示例演示", columns.NAMES, empty=[]),
        optional(
            "former_names", "曾用名", "原名称 原名 旧名称", cells.names, "示例县医院", columns.NAMES, empty=[]
        ),
        columns.CITY,
        columns.COUNTY,
        columns.CONTACT,
        columns.PHONE,
        optional(
            "stopped",
            "状态",
            "单位状态 参评状态",
            words.stopped,
            "正常",
            "应写 正常 或 停用；不写即为正常",
            empty=False,
            choices=("正常", "停用"),
        ),
    ),
    key=("code",),
)

APPLICATIONS = Kind(
    "applications",
    "新参控单位登记表",
    (
        replace(columns.UNIT, ident="unit"),
        columns.CITY,
        columns.COUNTY,
        columns.CONTACT,
        columns.PHONE,
        optional(
            "email",
            "邮箱",
            "电子邮箱 邮件 电子邮件 email e-mail",
            cells.email,
            "someone@example.org",
            "应写成 someone@example.org 这样的邮箱地址",
        ),
        optional("qq", "QQ", "QQ号 QQ号码", cells.qq, "10000", "应为 5–11 位数字的 QQ 号"),
        optional(
            "submitted_on",
            "提交日期",
            "提交时间 申请日期 申请时间 登记日期 登记时间",
            moments.day,
            "2026-01-05",
            columns.DAY,
        ),
    ),
    # Two counties may each have a 城关镇卫生院; the same unit on another day is for staff to judge (domain §3).
    key=("unit", "city", "county", "submitted_on"),
)
