"""What is understood of a question: by its words, in any order, without courtesies; else it is asked back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.guide import HUMAN, Ambiguity, Guide, Lexicon, Topic

LEXICON = Lexicon(
    drop=("请问", "老师", "呀", "的", "谢谢"),
    vague=("何时", "哪里"),
    outside=("天气", "高考+成绩"),
    unwritten=("密码+忘", "不合格"),
    same={
        "何时": ("什么时候", "啥时候"),
        "哪里": ("在哪",),
        "成绩": ("分数",),
        "证书": (),
        "查": ("查询",),
        "发放": ("发",),
        "密码": (),
    },
    ambiguous=(Ambiguity("回报", ("成绩",), ("score.when", "report.how"), "「回报」是哪一种？"),),
    foreign=("雅思成绩什么时候出来", "晚上吃饭了没有", "今天星期几"),
)
TOPICS = (
    Topic("score.when", "成绩时间", "第5条", ("成绩什么时候出来", "啥时候有成绩"), "半个月左右"),
    Topic("score.where", "成绩查询", "第5条", ("成绩在哪查", "在哪查询成绩"), "左侧"),
    Topic("cert.when", "证书时间", "第6条", ("证书什么时候发", "证书发了没"), "两次之后"),
    Topic("report.how", "上报操作", "第2条", ("怎么上报", "数据在哪上报"), "试验上报"),
    Topic(HUMAN, "人工", "", ("转人工",), "请致电"),
)
GUIDE = Guide(TOPICS, LEXICON)
COURTESIES = st.lists(st.sampled_from(["请问", "老师", "谢谢", "，", "？", "！", " ", "～"]), max_size=6).map(
    "".join
)


def name(text: str) -> str | None:
    topic = GUIDE.ask(text).topic
    return topic.name if topic else None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("成绩什么时候出来", "score.when"),
        ("什么时候成绩出来呀", "score.when"),
        ("分数啥时候出来", "score.when"),
        ("成绩　在哪 查询？", "score.where"),
        ("证书啥时候发放", "cert.when"),
        ("转人工", HUMAN),
        ("成绩查询", "score.where"),  # its title
    ],
)
def test_other_words_and_another_order_are_the_same_question(text: str, topic: str) -> None:
    assert name(text) == topic


@pytest.mark.parametrize(
    "text", ["天气", "高考成绩什么时候出来", "什么时候", "在哪", "", "？？？", "abcdef", "你吃饭了没有"]
)
def test_what_is_no_question_to_the_guide_is_left_alone(text: str) -> None:
    guess = GUIDE.ask(text)
    assert (guess.topic, guess.alternatives) == (None, ())


@pytest.mark.parametrize("text", ["忘了密码", "密码我给忘了", "成绩不合格"])
def test_what_the_guide_does_not_say_is_for_the_staff(text: str) -> None:
    assert name(text) == HUMAN


def test_a_whole_novel_is_for_a_person() -> None:
    assert GUIDE.ask("成绩什么时候出来，" * 50).topic is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("成积什么时候出来", "score.when"),
        ("正书啥时候发", "cert.when"),
        ("在哪查寻成机", "score.where"),
    ],
)
def test_words_typed_by_their_sound_are_heard(text: str, topic: str) -> None:
    assert name(text) == topic


def test_what_is_like_somebody_elses_question_is_not_answered() -> None:
    """Most of it may be known: with 雅思 in it, it is somebody else's score."""
    assert GUIDE.ask("雅思的成绩啥时候出").topic is None


def test_the_clause_that_is_a_question_is_the_question_of_a_story() -> None:
    story = "我刚到检验科，什么都不懂，主任又出差去了，昨天大家忙了一整天。请问成绩在哪查？"
    assert name(story) == "score.where"


def test_two_things_asked_at_once_are_both_found() -> None:
    guess = GUIDE.ask("怎么上报，成绩什么时候出来？")
    assert guess.topic is not None
    assert guess.second is not None
    assert {guess.topic.name, guess.second.name} == {"report.how", "score.when"}


def test_a_clause_that_asks_nothing_is_no_second_question() -> None:
    assert GUIDE.ask("成绩出来了，证书什么时候发").second is None


def test_a_word_of_several_meanings_is_asked_back() -> None:
    guess = GUIDE.ask("什么时候回报")
    assert guess.topic is None
    assert [topic.name for topic in guess.alternatives] == ["score.when", "report.how"]
    assert guess.asks == "「回报」是哪一种？"
    assert not GUIDE.ask("成绩什么时候回报").asks


def test_in_doubt_there_are_two_to_choose_from_and_staff_is_none_of_them() -> None:
    guess = GUIDE.ask("数据什么时候发放")
    assert guess.topic is None
    assert len(guess.alternatives) == 2
    assert HUMAN not in {topic.name for topic in guess.alternatives}


@given(COURTESIES, st.sampled_from([q for topic in TOPICS for q in topic.questions]), COURTESIES)
def test_courtesies_change_nothing(before: str, question: str, after: str) -> None:
    assert GUIDE.ask(before + question + after) == GUIDE.ask(question)


@given(st.text(max_size=200))
def test_any_text_gets_one_of_three_answers(text: str) -> None:
    guess = GUIDE.ask(text)
    assert guess == GUIDE.ask(text)
    assert 0 <= guess.confidence <= 1.001
    assert len(guess.alternatives) <= (0 if guess.topic else 2)
