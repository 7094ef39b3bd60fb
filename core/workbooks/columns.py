"""One column of a workbook, and the columns that several kinds share."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from core.words import name_key
from core.workbooks import cells, moments
from core.workbooks.cells import Cell, RowContext

Parser = Callable[[Cell, RowContext], object]


@dataclass(frozen=True, slots=True)
class Column:
    """`heading` is the contract's; `others` are read as well, in order of preference.

    `required_heading`: without it the sheet is not of this kind. `required_value`: a blank cell refuses
    the row; otherwise a blank cell is read as `empty`. `note` finishes the sentence "expected: …".
    `choices` are offered as a drop-down in the template. `same` maps a value of the identity to what
    is compared. `by_year`: the meaning depends on the row's 年度. `as_written`: 无 and - are words, too.
    `scores`: a column may be in per cent format.
    """

    ident: str
    heading: str
    others: tuple[str, ...]
    required_heading: bool
    required_value: bool
    parse: Parser
    example: str
    note: str
    empty: object = None
    choices: tuple[str, ...] = ()
    same: Callable[[str], Hashable] | None = None
    by_year: bool = False
    as_written: bool = False
    scores: bool = False


def needed(column: Column) -> Column:
    return replace(column, required_heading=True, required_value=True)


def telling(column: Column) -> Column:
    """Its heading tells what the sheet is about, though a cell may be blank."""
    return replace(column, required_heading=True)


def scores(column: Column) -> Column:
    return replace(column, scores=True)


def optional(
    ident: str,
    heading: str,
    others: str,
    parse: Parser,
    example: str,
    note: str,
    *,
    empty: object = None,
    choices: tuple[str, ...] = (),
    same: Callable[[str], Hashable] | None = None,
) -> Column:
    """`others` is a blank-separated list."""
    by_year = parse in (moments.day, moments.deadline, moments.start)
    return Column(
        ident, heading, tuple(others.split()), False, False, parse, example, note, empty, choices, same, by_year
    )


def verbatim(ident: str, heading: str, others: str, example: str, note: str) -> Column:
    column = optional(ident, heading, others, cells.verbatim, example, note, empty="")
    return replace(column, as_written=True)


DAY = "应写成 2026-03-27 这样的日期"
MOMENT = "应写成 2026-03-27 17:00 这样的形式"
WHOLE_DAY = f"{MOMENT}；只写日期时算到当天 23:59"
NAMES = "可写多个，用顿号隔开"

YEAR = needed(optional("year", "年度", "年份 年 申报年度 质评年度", cells.year, "2026", "应写成 2026 这样的年份"))
NUMBER = needed(
    optional("n", "次数", "次 第几次 活动次数 活动 轮次", cells.activity_no, "1", "应写成 1 或 第1次 这样的形式")
)
PROGRAMME = needed(
    optional(
        "programme",
        "项目",
        "项目名称 质评项目 质评计划 计划名称 项目编码 项目代码",
        cells.text,
        "示例项目",
        "应写项目的名称、编码或别名",
        same=name_key,
    )
)
LAB_CODE = needed(
    optional(
        "lab_code",
        "实验室编码",
        "质控编码 质评编码 参评编码 单位编码 实验室代码 实验室编号 编码 账号 帐号",
        cells.lab_code,
        "340000",
        "应为中心分配的编码，如 340000；单元格请设为文本格式，以保留开头的 0",
        same=str.casefold,
    )
)
UNIT = needed(
    optional(
        "name",
        "单位名称",
        "单位 单位全称 医院名称 机构名称 医疗机构名称 实验室名称 参评单位 参控单位 医院 名称",
        cells.text,
        "示例市演示医院",
        "应写单位全称，与公章一致",
        same=name_key,
    )
)
CITY = optional("city", "地市", "市 城市 地级市 所在市 所在地市", cells.text, "示例市", "所在地市")
COUNTY = optional("county", "县区", "区县 县 区 所在县区 所在区县", cells.text, "示例县", "所在县区")
CONTACT = optional("contact", "联系人", "联系人姓名 负责人 姓名", cells.text, "张三", "联系人姓名")
PHONE = optional(
    "phone",
    "电话",
    "联系电话 手机 手机号 手机号码 电话号码 联系方式",
    cells.phone,
    "0551-00000000",
    "应写成 0551-00000000 或 11 位手机号；单元格请设为文本格式",
)
PLAN_URL = optional(
    "plan_url",
    "计划书链接",
    "计划书 计划书地址 计划书网址 链接",
    cells.url,
    "https://example.org/plan.pdf",
    "应写成以 https:// 或 http:// 开头的网址",
)
