"""Group cards must read 单位+姓名; one that does is never flagged, however it is written (domain §6)."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.labs.names import unit_key
from core.members.judge import judge
from core.members.labs import LabIndex
from core.members.lists import SURNAMES
from core.members.models import FLAGGED, Reason, Verdict

DATA = Path(__file__).parent / "cards"
SEPARATORS = ("+", "＋", "-", "—", "_", " ", "　", "/", "|", ":", "、", "·", "，", "", "🌹", "\u200b+")
UNITS = ("合肥市第一人民医院", "901医院", "和县中医院", "瑶海区疾控", "省儿医", "太和县演示镇卫生院", "弋矶山医院")
NAMES = ("张三", "李登科", "欧阳娜娜", "汪洋", "黄山林", "买买提·艾力", "昝雨")
LABS = LabIndex(
    (unit_key(name), official)
    for official, names in {
        "合肥演示晴川医院": ("合肥演示晴川医院", "晴川医院"),
        "安徽医科大学第一附属医院": ("安徽医科大学第一附属医院",),
        "芜湖演示云栖医院": ("芜湖演示云栖医院", "演示医院"),
        "铜陵演示听涛医院": ("铜陵演示听涛医院", "演示医院", "听涛"),
    }.items()
    for name in names
)
digits = st.text("0123456789０１２３４５６７８９", min_size=4, max_size=14)
cards = st.text(
    st.sampled_from("张三李王合肥市县第一人民医院附检验科主任小老+-·() 某XxA1２3😀\u200b单位姓名中心卫生")
)


def labelled(file: str) -> list[tuple[str, str, str]]:
    with (DATA / file).open(encoding="utf-8-sig", newline="") as lines:
        return [(row["card"], row["role"], row["expected"]) for row in csv.DictReader(lines)]


@pytest.mark.parametrize("file", ["cards.csv", "cards_more.csv"])
def test_no_card_in_form_is_flagged(file: str) -> None:
    in_form = [row for row in labelled(file) if row[2] in ("ok", "ok_warn", "review", "incomplete_name")]
    assert len(in_form) > 50
    assert [card for card, role, _ in in_form if judge(card, role=role).verdict in FLAGGED] == []


@pytest.mark.parametrize("file", ["cards.csv", "cards_more.csv"])
def test_labelled_cards_are_judged_as_people_would(file: str) -> None:
    rows = labelled(file)
    wrong = [
        (card, want, str(got)) for card, role, want in rows if (got := judge(card, role=role).verdict) != want
    ]
    assert len(wrong) <= len(rows) // 50, wrong


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", NAMES)
def test_any_separator_and_either_order_will_do(unit: str, name: str) -> None:
    for separator in SEPARATORS:
        for card in (f"{unit}{separator}{name}", f"{name}{separator}{unit}"):
            found = judge(card)
            assert found.verdict is Verdict.OK, card
            if separator or "·" not in name:  # 买买提·艾力合肥市… can't be told apart
                assert (found.unit, found.person) == (unit, name), card


@pytest.mark.parametrize(
    "card", ["{u}检验科{n}", "{u} 检验科 {n} 主管技师", "{n}({u})", "【{u}】{n}主任", "单位:{u} 姓名:{n}"]
)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", NAMES)
def test_departments_titles_and_labels_may_stand_beside(card: str, unit: str, name: str) -> None:
    found = judge(card.format(u=unit, n=name))
    assert (found.verdict, found.unit, found.person) == (Verdict.OK, unit, name)


@pytest.mark.parametrize(
    ("card", "verdict", "reason"),
    [
        ("合肥市第一人民医院+李登科", "ok", ""),
        ("合肥市第一人民医院 黄山", "review", "name_unsure"),
        ("340101合肥市第一人民医院张三", "ok_warn", "shows_code"),
        ("合肥市第一人民医院张三 138 0000 1111", "ok_warn", "shows_phone"),
        ("南京演示医院+张三", "ok_warn", "elsewhere"),
        ("北京路社区卫生服务站（合肥）张三", "ok", ""),
        ("合肥市第一人民医院检验科", "missing_name", "no_name"),
        ("合肥市第一人民医院+王老师", "incomplete_name", "name_incomplete"),
        ("合肥市第一人民医院+张三丰李四王五", "review", "name_unsure"),
        ("汪洋", "missing_unit", "no_unit"),
        ("医院+张三", "missing_unit", "unit_general"),
        ("太和县 医院 张三", "ok", ""),
        ("XX医院+张三", "missing_unit", "unit_placeholder"),
        ("二附院 张三", "review", "unit_unsure"),
        ("张医院", "review", "unit_or_name"),
        ("云淡风轻", "junk", "nickname"),
        ("单位+姓名", "junk", "template"),
        ("13800001111", "junk", "digits"),
        ("😀", "junk", "signs"),
        ("\u2063", "empty", "empty"),
        ("演示医疗器械 张三", "review", "vendor"),
    ],
)
def test_the_reason_says_what_is_wrong(card: str, verdict: str, reason: str) -> None:
    found = judge(card)
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize("role", ["owner", "admin", "robot"])
def test_owners_admins_and_robots_are_not_judged(role: str) -> None:
    assert judge("小马", role=role).verdict is Verdict.SKIP
    assert judge("小马", role="member").verdict is Verdict.JUNK


@pytest.mark.parametrize(
    ("card", "lab"),
    [
        ("合肥演示晴川医院+张三", "合肥演示晴川医院"),
        ("晴川医院检验科 张三", "合肥演示晴川医院"),
        ("安医大一附院检验科张三", "安徽医科大学第一附属医院"),
        ("安医大一附院高新院区 张三", "安徽医科大学第一附属医院"),
        ("听涛-张三", "铜陵演示听涛医院"),
        ("张三晴川医院", "合肥演示晴川医院"),
        ("合肥市演示晴川医院 张三", "合肥演示晴川医院"),
        ("演示医院+张三", ""),
        ("合肥市第一人民医院+张三", ""),
    ],
)
def test_the_unit_is_matched_to_the_one_lab_that_bears_the_name(card: str, lab: str) -> None:
    found = judge(card, labs=LABS)
    assert (found.verdict, found.lab) == (Verdict.OK, lab)


@given(
    st.sampled_from(sorted(SURNAMES)),
    st.text(st.sampled_from("伟芳娜敏静丽强磊军洋勇艳杰娟涛明学成和村镇市立业春天中国"), min_size=1, max_size=2),
    st.sampled_from(
        ["合肥市一院{}", "合肥市一院检验科{}", "{}+合肥市一院", "合肥市一院 {} 主管技师", "合肥市一院·{}"]
    ),
)
def test_no_name_with_a_surname_is_taken_for_something_else(surname: str, given_name: str, card: str) -> None:
    assert judge(card.format(surname + given_name)).verdict not in FLAGGED


@given(st.one_of(st.text(max_size=400), cards))
def test_any_text_gets_a_verdict_with_its_reason(card: str) -> None:
    found = judge(card)
    assert (found.reason is Reason.NONE) == (found.verdict is Verdict.OK)
    assert (found.verdict is Verdict.EMPTY) == (found.reason is Reason.EMPTY)


@given(st.sampled_from(UNITS), st.sampled_from(NAMES), digits, st.permutations(range(3)))
def test_no_digit_of_a_number_is_handed_on(unit: str, name: str, number: str, order: list[int]) -> None:
    card = "+".join((unit, name, number)[i] for i in order)
    found = judge(card)
    assert found.verdict is Verdict.OK_WARN
    assert (found.unit, found.person) == (unit, name)


@given(cards, st.sampled_from(["", " ", "　", "\u200b", "\ufe0f", "🌸", "+"]))
def test_what_is_not_seen_or_only_adorns_changes_nothing(card: str, around: str) -> None:
    if judge(card).verdict is not Verdict.EMPTY:
        assert judge(f"{around}{card}{around}") == judge(card)
