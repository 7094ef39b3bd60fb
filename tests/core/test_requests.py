"""What people write to staff, read: problems with samples, the words of a request, what colleagues may see."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.access import Account
from core.activities.models import Programme
from core.activities.problems import is_fine, is_problem, problem_of, what_of
from core.calendar import WorkingDays
from core.errors import DomainError
from core.requests.masking import for_colleagues
from core.requests.models import Request, RequestKind, RequestState
from core.requests.numbers import number_of, split_number
from core.requests.reading import inside, read_told, words_of
from core.requests.waiting import aged
from core.words import fold
from tests.cast import at

TODAY = date(2026, 3, 20)
P = [
    Programme(1, 2026, "A01", "凝血试验", ("凝血",)),
    Programme(2, 2026, "A02", "糖化血红蛋白", ("糖化",)),
    Programme(3, 2026, "B01", "感染性疾病血清学标志物A", ("感A", "感染")),
    Programme(4, 2026, "B02", "感染性疾病血清学标志物B", ("感B", "感染")),
]
NAMES = [name for one in P for name in one.names]


def asked(text: str, *, place: str = "private", day: str = "2026-03-20 09:00", number: int = 1) -> Request:
    account = Account("qq", "300400900")
    kind, state = RequestKind.MESSAGE, RequestState.WAITING
    return Request(number, kind, account, None, "", text, state, at(day), place=place)


# -- samples


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("凝血没收到", "未收到"), ("还没有到", "未收到"), ("未收到样品", "未收到"), ("样品寄丢了", "未收到"),
        ("凝血破损1支", "破损"), ("瓶子碎了", "破损"), ("漏液", "破损"),
        ("冰袋化了，样品融化", "融化"), ("到货时已常温", "融化"), ("糖化化冻", "融化"),
        ("少了一支", "缺支"), ("缺2支", "缺支"), ("缺少一管", "缺支"), ("数量不对", "缺支"),
        ("少一支，另一支裂了", "缺支、破损"),
        ("糖化了", ""), ("样品有点怪", ""), ("无破损", ""), ("没有缺少", ""), ("全部", ""), ("凝血 糖化", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_with_samples(text: str, what: str) -> None:
    assert what_of(text) == what


@pytest.mark.parametrize("text", ["异常 包裹怪", "凝血 破损", "没有收到", "凝血异常"])
def test_that_something_is_wrong(text: str) -> None:
    assert is_problem(text)


@pytest.mark.parametrize(
    "text", ["全部", "凝血 糖化", "糖化了", "无异常", "全部 完好", "没收到怎么办", "破损了吗"]
)
def test_that_nothing_is(text: str) -> None:
    assert not is_problem(text)


def test_the_words_beside_the_word() -> None:
    assert problem_of("异常 凝血破损1支") == "凝血破损1支"
    assert problem_of("凝血 异常：破损") == "凝血 破损"
    assert problem_of("凝血 破损") == "凝血 破损"
    assert problem_of("异常") == ""
    assert [word for word in ("完好", "无破损", "没有问题", "凝血", "破损", "正常") if is_fine(word)] == [
        "完好", "无破损", "没有问题", "正常",
    ]  # fmt: skip


# -- the words of 退回申请 and 不能检测


@pytest.mark.parametrize(
    ("text", "year", "n", "named", "reason"),
    [
        ("凝血 第1次 仪器故障", None, 1, ("凝血",), "仪器故障"),
        ("仪器故障 26年 凝血", 2026, None, ("凝血",), "仪器故障"),
        ("2026年第2次凝血 坏了", 2026, 2, ("凝血",), "坏了"),
        ("凝血、糖化：停电", None, None, ("凝血", "糖化"), "停电"),
        ("凝血和糖化 停电", None, None, ("凝血", "糖化"), "停电"),
        ("第1次凝血仪器坏了", None, 1, ("凝血",), "第1次凝血仪器坏了"),
        ("仪器2025年报废", None, None, (), "仪器2025年报废"),
        ("凝血酶原试剂没到", None, None, (), "凝血酶原试剂没到"),
        ("", None, None, (), ""),
    ],
)  # fmt: skip
def test_slots_out_of_free_words(
    text: str, year: int | None, n: int | None, named: tuple[str, ...], reason: str
) -> None:
    told = read_told(text, NAMES, set(), TODAY)
    assert (told.year, told.n, told.named, told.reason) == (year, n, named, reason)


def test_a_programme_inside_of_words_must_be_just_one() -> None:
    assert inside("凝血仪坏了", P) == [P[0]]
    assert inside("糖化血红蛋白仪坏了", P) == [P[1]]
    assert inside("感染科搬家", P) == []  # two are called so
    assert inside("凝血和糖化都停了", P) == [P[0], P[1]]


@given(
    st.lists(
        st.sampled_from(["凝血", "第1次", "2026年", "仪器坏了", "停机", "2025年报废", "，", " ", "感A"]),
        max_size=8,
    )
)
def test_no_word_is_swallowed(parts: list[str]) -> None:
    """Each word is a slot that was read, or stands in the reason."""
    text = " ".join(parts)
    told = read_told(text, NAMES, set(), TODAY)
    read = {*told.named, "第1次" if told.n else "", "2026年" if told.year else ""}
    for word in words_of(text):
        assert word in read or word in told.reason


@given(st.text(max_size=60))
def test_reading_never_raises(text: str) -> None:
    told = read_told(text, NAMES, set(), TODAY)
    assert told.reason in fold(text) or all(word in fold(text) for word in told.reason.split())


# -- numbers


@pytest.mark.parametrize("word", ["12", "12号", "留言12", "申请12", "#12", "12号留言"])
def test_the_number_of_a_request(word: str) -> None:
    assert number_of(word) == 12


@pytest.mark.parametrize("word", ["", "十二", "1.5", "12支", "-1", "1234567890"])
def test_what_is_no_number(word: str) -> None:
    with pytest.raises(DomainError) as refused:
        number_of(word)
    assert refused.value.key == "requests/number"


def test_a_number_in_front_of_an_answer() -> None:
    assert split_number("12 好的") == (12, "好的")
    assert split_number("１２号：好的。\n谢谢") == (12, "好的。\n谢谢")
    assert split_number("留言12，好的") == (12, "好的")
    assert split_number("12") == (12, "")
    for text in ("2支补寄", "好的", "3月27日截止", ""):
        assert split_number(text) is None


# -- what colleagues may see


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("成绩85.5，电话１３８", "成绩＊.＊,电话＊"),
        ("三八五一零零一", "＊"),
        ("第一次的样品", "第一次的样品"),
        ("绑定码 7K2M-Q4X9-WZ0B 是我的", "绑定码 ＊ 是我的"),
        ("请看 www.example.org/a 谢谢", "请看 ＊ 谢谢"),
        ("①②③和²", "＊和＊"),
    ],
)
def test_no_number_of_a_private_message_is_shown(text: str, shown: str) -> None:
    assert for_colleagues(asked(text)) == shown


@given(st.text())
def test_whatever_was_written_in_private_no_digit_is_shown(text: str) -> None:
    shown = for_colleagues(asked(text))
    assert not any(char.isdigit() for char in shown)
    assert len(shown) <= 201


def test_of_a_group_the_words_stay_without_scores() -> None:
    assert (
        for_colleagues(asked("第1次PT成绩：93.3，80分，30分钟后", place="group")) == "第1次PT成绩:＊,＊分,30分钟后"
    )


# -- how long they wait


def test_the_late_come_first() -> None:
    """Friday's is late on Wednesday: two working days have passed."""
    days = WorkingDays({})
    some = [asked("", number=3, day="2026-03-24 09:00"), asked("", number=2), asked("", number=1)]

    def seen(now: datetime) -> list[tuple[int, int, bool]]:
        return [(one.request.id, one.days, one.late) for one in aged(some, days, now)]

    assert seen(at("2026-03-24 18:00")) == [(1, 4, False), (2, 4, False), (3, 0, False)]
    assert seen(at("2026-03-25 08:00")) == [(1, 5, True), (2, 5, True), (3, 1, False)]
