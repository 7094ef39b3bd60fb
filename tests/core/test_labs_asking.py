"""Which free words ask about a unit, and which only mention one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labs.asking import CHECK, LONGEST, STATUS, Asked, read_asked, unit_of, units_in

UNIT = "合肥演示晴川医院"


@pytest.mark.parametrize(
    "text",
    [
        "查一下{}申请过没有",
        "请问{}申请过账号没有",
        "{}有没有账号",
        "{}有没有申请过",
        "{}注册过吗",
        "{}以前注册过没",
        "{}之前有没有在你们中心申请过账号？",
        "老师好，帮我查一下{}申请过质控账号吗，谢谢",
        "帮忙查重 {}",
        "{}查重一下",
        "想问一下{}是否已经申请过",
        "{}在不在名录里",
        "老师，我们是{}，申请过没有",
        "麻烦看下{}登记过没有",
        "有没有申请过 {}",
    ],
)
def test_whether_a_unit_has_applied(text: str) -> None:
    assert read_asked(text.format(UNIT)) == Asked(CHECK, UNIT)


@pytest.mark.parametrize(
    "text",
    [
        "{}编码下来没",
        "{}的编码下来了吗",
        "{}分配了没",
        "{}编码分配了吗",
        "请问{}的账号分配了没有",
        "{}的申请状态",
        "查一下{}申请进度",
        "查询{}的申请审核结果怎么样",
        "我们单位是{}，编码出来了没",
        "{}实验室编码批下来没有啊老师",
        "老师您好，{}的申请通过了吗",
        "{}账号查询",
    ],
)
def test_how_far_the_application_of_a_unit_is(text: str) -> None:
    assert read_asked(text.format(UNIT)) == Asked(STATUS, UNIT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "查一下申请过没有",
        "我们医院申请过没有",
        "医院申请过账号没有",
        "社区卫生服务中心申请过没有",
        "乡镇卫生院有没有账号",
        f"{UNIT}",
        f"{UNIT}怎么申请账号",
        f"{UNIT}申请了账号忘记密码怎么办",
        f"{UNIT}申请过账号，现在改名了还要重新申请吗",
        f"{UNIT}今年申请了哪些项目",
        f"{UNIT}成绩出来没有",
        f"我们以前叫{UNIT}申请过账号没有换过",
        f"{UNIT}和宣城演示望岳医院合并了申请过没有",
        "编码下来没",
        "质评申请开始了没有",
        "样品到了没",
        f"{UNIT}申请过" + "啊" * LONGEST + "吗",
    ],
)
def test_anything_else_is_left_to_the_guide(text: str) -> None:
    assert read_asked(text) is None


@given(st.text(max_size=LONGEST + 10), st.text(max_size=20))
def test_reading_never_fails_and_never_invents(before: str, behind: str) -> None:
    asked = read_asked(f"{before}申请过没有{behind}")
    assert asked is None or asked.unit


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("{}", UNIT),
        ("一下{}", UNIT),
        ("请问 {}", UNIT),
        ("{}怎么样了", UNIT),
        ("{} 谢谢老师", UNIT),
        ("{}申请过没有", UNIT),
        ("查济镇卫生院", "查济镇卫生院"),
        ("和县人民医院", "和县人民医院"),
        ("好了", "好了"),
        ("", ""),
    ],
)
def test_the_unit_behind_a_command_word(said: str, unit: str) -> None:
    assert unit_of(said.format(UNIT)) == unit


def test_a_name_that_begins_like_a_courtesy() -> None:
    assert read_asked("查一下和县人民医院申请过没有") == Asked(CHECK, "和县人民医院")
    assert read_asked("查济镇卫生院申请过没有") == Asked(CHECK, "查济镇卫生院")
    assert read_asked("含山县疾控中心有没有账号") == Asked(CHECK, "含山县疾控中心")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("合肥演示晴川医院 太和演示青禾卫生院", ["合肥演示晴川医院", "太和演示青禾卫生院"]),
        ("合肥演示晴川医院和太和演示青禾卫生院", ["合肥演示晴川医院", "太和演示青禾卫生院"]),
        ("【合肥演示晴川医院】、【太和演示青禾卫生院】", ["合肥演示晴川医院", "太和演示青禾卫生院"]),
        ("太和县中医院", ["太和县中医院"]),
        ("合肥市 第一人民医院", []),
        ("合肥演示晴川医院 检验科", []),
        ("合肥演示晴川医院 合肥演示晴川医院", ["合肥演示晴川医院"]),
    ],
)
def test_units_side_by_side(text: str, units: list[str]) -> None:
    assert units_in(text) == units
