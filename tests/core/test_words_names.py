"""Programme names as people type them."""

import pytest

from core.words import match_names, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("常规化学Ⅱ", "常规化学 II"),
        ("常规化学Ⅱ", "常规化学2"),
        ("感染(Ⅳ)", "感染（4）"),
        ("凝血因子ⅷ", "凝血因子8"),
        ("血气【酸碱】", "血气(酸碱)"),
        ("D－二聚体", "d—二聚体"),
        ("ＰＣＴ", "pct"),
        ("凝血 试验", "凝血试验"),
    ],
)
def test_the_same_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("BNPII", "BNP2"), ("感染性疾病A", "感染性疾病B"), ("血型(正)", "血型(反)"), ("维生素D", "维生素C")],
)
def test_different_names(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


NAMES = [
    ("常规化学", "chem"),
    ("生化", "chem"),
    ("凝血试验", "coag"),
    ("凝血", "coag"),
    ("感染性疾病血清学标志物A", "infA"),
    ("感染性疾病血清学标志物B", "infB"),
    ("感A", "infA"),
    ("两对半", "infA"),
    ("两对半", "infB"),
]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("凝血", ["coag"]),
        ("凝血试", ["coag"]),
        ("感染性疾病", ["infA", "infB"]),
        ("两对半", ["infA", "infB"]),
        ("感a", ["infA"]),
        ("化", []),
        ("", []),
        ("，", []),
        ("微生物", []),
        ("生化，", ["chem"]),
    ],
)
def test_match_names(word: str, meant: list[str]) -> None:
    assert match_names(word, NAMES) == meant
