"""Near names out of an index: what `near_names` finds in writing, what sounds alike, and nothing besides."""

import random
from time import process_time

import pytest

from core.labs.names import near_names, unit_key
from core.labs.near import NameIndex

OFFICIAL = (
    "合肥演示晴川医院",
    "合肥市第一人民医院",
    "合肥市第二人民医院",
    "太和县中医院",
    "庐江县疾病预防控制中心",
    "濉溪县刘桥镇卫生院",
    "芜湖演示云栖医院",
)
INDEX = NameIndex([(unit_key(name), name) for name in OFFICIAL])


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("合肥演示情穿医院", ["合肥演示晴川医院"]),  # by sound
        ("合肥演示秦川医院", ["合肥演示晴川医院"]),  # in and ing
        ("无湖演示云西医员", ["芜湖演示云栖医院"]),
        ("庐江疾空中心", ["庐江县疾病预防控制中心"]),
        ("合肥演示晴州医院", ["合肥演示晴川医院"]),  # by writing
        ("太和中医院", ["太和县中医院"]),
        ("濉溪县刘侨镇卫生院", ["濉溪县刘桥镇卫生院"]),
        ("合肥一院", ["合肥市第一人民医院"]),
        ("合肥市第一人民医院", []),  # exactly known, and the second hospital is known to be another one
        ("合肥市第三人民医院", []),
        ("黄山演示卫生院", []),
        ("医院", []),
        ("", []),
        ("😀", []),
    ],
)
def test_near(asked: str, near: list[str]) -> None:
    assert INDEX.near(asked) == near


def test_what_is_written_alike_comes_before_what_only_sounds_alike() -> None:
    names = ("合肥市情川医院", "合肥市晴川医院", "合肥市勤船医院")
    index = NameIndex([(unit_key(name), name) for name in names])
    assert index.near("合肥市晴州医院")[0] == "合肥市晴川医院"
    assert index.near("合肥市青川医院") == ["合肥市情川医院", "合肥市晴川医院", "合肥市勤船医院"]
    assert index.near("合肥市青川医院", limit=1) == ["合肥市情川医院"]


def test_several_names_of_one_unit_are_one_answer() -> None:
    index = NameIndex([("晴川医院", "合肥演示晴川医院"), ("晴川大医院", "合肥演示晴川医院"), ("", "无名")])
    assert index.near("情川医院") == ["合肥演示晴川医院"]
    assert len(index) == 2
    assert NameIndex().near("晴川医院") == []


def test_nothing_that_is_near_in_writing_is_missed() -> None:
    """Against every name compared with every other, as `near_names` does it."""
    chance = random.Random(3)
    syllables = "晴川云栖青禾听涛望岳长风映雪明湖"
    kinds = ("医院", "镇卫生院", "社区卫生服务中心", "县中医院")
    names = list(
        dict.fromkeys(f"{''.join(chance.choices(syllables, k=3))}{chance.choice(kinds)}" for _ in range(600))
    )
    keyed = [(unit_key(name), name) for name in names]
    index = NameIndex(keyed)
    found = 0
    for name in chance.sample(names, 150):
        at = chance.randrange(len(name))
        for asked in (
            f"{name[:at]}泰{name[at + 1 :]}",
            f"{name[:at]}泰{name[at:]}",
            f"{name[:at]}{name[at + 1 :]}",
        ):
            written = set(near_names(asked, keyed, limit=1000))
            assert written <= set(index.near(asked, limit=1000)), asked
            found += len(written)
    assert found > 100


def test_fifty_thousand_labs_are_searched_while_one_waits() -> None:
    chance = random.Random(5)
    syllables = "晴川云栖青禾听涛望岳长风映雪明湖白鹭清泉松竹林梅岭荷塘"
    kinds = ("镇卫生院", "社区卫生服务中心", "人民医院", "中医院", "门诊部")
    names = [f"合肥市{''.join(chance.choices(syllables, k=5))}{chance.choice(kinds)}" for _ in range(50_000)]
    index = NameIndex([(unit_key(name), name) for name in names])
    took = []
    for name in (*chance.sample(names, 5), "人民医院", "社区卫生服务中心"):
        began = process_time()
        index.near(f"{name[:3]}泰{name[4:]}")
        index.holding(name[4:6])
        took.append(process_time() - began)
    assert min(took) < 0.02  # the best of seven, so that a busy machine can't break it
    assert max(took) < 0.2


@pytest.mark.parametrize(
    ("asked", "holding"),
    [
        ("晴川", ["合肥演示晴川医院"]),
        ("刘桥镇卫生院", ["濉溪县刘桥镇卫生院"]),
        ("合肥", ["合肥演示晴川医院", "合肥市第一人民医院", "合肥市第二人民医院"]),
        ("合肥演示晴川医院", []),  # exactly known
        ("中医院", []),
        ("人民医院", []),
        ("川", []),
        ("", []),
    ],
)
def test_names_that_hold_the_words(asked: str, holding: list[str]) -> None:
    assert INDEX.holding(asked) == holding
