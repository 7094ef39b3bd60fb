"""Which programmes and analytes words mean, and one programme through the years."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.activities.models import Programme
from core.errors import DomainError, Several
from core.scores.lines import lines
from core.scores.naming import Analyte, Wanted, wanted


def of(ident: int, name: str, *aliases: str, year: int = 2026) -> Programme:
    return Programme(ident, year, f"X{ident:02d}", name, aliases)


CHEMISTRY, BLOOD, CLOTTING, SUGAR = (
    of(1, "常规化学", "生化"),
    of(2, "全血细胞计数", "血常规", "血球"),
    of(3, "凝血试验", "凝血"),
    of(4, "糖化血红蛋白", "糖化"),
)
PROGRAMMES = [CHEMISTRY, BLOOD, CLOTTING, SUGAR]
ANALYTES = [
    Analyte(CHEMISTRY, "葡萄糖"),
    Analyte(CHEMISTRY, "肌酐"),
    Analyte(BLOOD, "血红蛋白"),
    Analyte(CLOTTING, "凝血酶原时间(PT)"),
    Analyte(CLOTTING, "APTT"),
]


def meant(text: str) -> Wanted:
    return wanted(text.split(), PROGRAMMES, ANALYTES)


def test_a_programme_is_wanted_whole_and_an_analyte_with_its_programme() -> None:
    assert meant("生化 凝血") == Wanted(frozenset({1, 3}))
    assert meant("血糖") == Wanted(frozenset({1}), {1: frozenset({"葡萄糖"})})
    assert meant("生化葡萄糖和肌酐").analytes == {1: frozenset({"葡萄糖", "肌酐"})}
    found = meant("葡萄糖 凝血")
    assert (found.takes(1, "葡萄糖"), found.takes(1, "肌酐"), found.takes(1, "")) == (True, False, True)
    assert (found.takes(3, "APTT"), found.takes(2, "血红蛋白")) == (True, False)


def test_a_part_of_a_name_is_asked_back_where_it_may_be_both() -> None:
    with pytest.raises(Several) as asked:
        meant("血红")
    assert asked.value.options == ("糖化血红蛋白", "全血细胞计数 血红蛋白")
    assert meant("血红蛋白").programmes == {2}
    assert meant("糖化血红").programmes == {4}


def test_pt_is_no_part_of_aptt() -> None:
    assert wanted(["PT"], [CLOTTING], [Analyte(CLOTTING, "APTT")]) == Wanted()
    assert wanted(["aptt"], [CLOTTING], [Analyte(CLOTTING, "APTT")]).analytes == {3: frozenset({"aptt"})}
    with pytest.raises(Several) as asked:
        meant("PT")
    assert (asked.value.key, asked.value.options) == ("scores/pt_meant", ("全部", "凝血试验 凝血酶原时间(PT)"))
    assert meant("凝血 PT").analytes == {3: frozenset({"凝血酶原时间(pt)"})}
    assert meant("生化 PT") == Wanted(frozenset({1}))


def test_every_option_that_is_asked_back_means_one_thing() -> None:
    for words in ("血红", "PT"):
        with pytest.raises(Several) as asked:
            meant(words)
        for option in asked.value.options:
            if option != "全部":
                assert len(meant(option).programmes) == 1, option


_WORDS = st.lists(
    st.sampled_from(["凝血", "生化", "血球", "PT", "葡萄糖", "血红", "肌酐", "天气", "ＰＴ", "血糖APTT", ""])
    | st.text(max_size=6),
    max_size=4,
)


@given(_WORDS)
def test_no_word_is_swallowed(words: list[str]) -> None:
    """Each is found, named as unknown or asked back; 天气 is never taken for nothing."""
    found: Wanted | DomainError
    try:
        found = wanted(words, PROGRAMMES, ANALYTES)
    except DomainError as refusal:
        found = refusal
    if isinstance(found, DomainError):
        assert found.params["word"] or "" in words
        return
    assert "天气" not in words
    homes = {"凝血": 3, "生化": 1, "血球": 2, "葡萄糖": 1, "肌酐": 1, "血糖APTT": 3}
    assert {homes[word] for word in words if word in homes} <= found.programmes


def names(*programmes: Programme) -> list[set[int]]:
    return sorted((set(line.ids) for line in lines(programmes)), key=min)


def test_a_programme_goes_by_its_name_through_the_years() -> None:
    assert names(of(1, "凝血试验", year=2024), of(2, "凝血试验 ", year=2025), of(3, "糖化", year=2025)) == [
        {1, 2},
        {3},
    ]


def test_a_new_name_is_known_by_the_old_one_among_its_aliases() -> None:
    old, new = of(1, "血常规", "血球", year=2024), of(2, "全血细胞计数", "血常规", year=2025)
    newest = of(3, "全血细胞计数", year=2026)
    (line,) = lines([old, new, newest])
    assert line.ids == {1, 2, 3}
    assert line.programme.name == "全血细胞计数"
    assert {"血常规", "血球"} <= set(line.programme.names)


def test_what_may_be_either_of_two_stands_alone() -> None:
    old = of(1, "感染", year=2024)
    a, b = of(2, "感染A", "感染", year=2025), of(3, "感染B", "感染", year=2025)
    assert names(old, a, b) == [{1}, {2}, {3}]
    split = [of(1, "甲", year=2024), of(2, "乙", "甲", year=2024), of(3, "甲", year=2025)]
    assert names(*split) == [{1, 3}, {2}]
    twins = [of(1, "甲一", "甲", year=2024), of(2, "甲二", "甲", year=2024), of(3, "甲", year=2025)]
    assert names(*twins) == [{1}, {2}, {3}]
