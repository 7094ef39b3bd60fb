"""The guide's topics are whole, say what the guide says, and are found by the questions people ask."""

import re
import time
import tomllib
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from bot.guide import HERE, guide, text_of
from bot.settings import load
from core.guide import Topic
from tests.bot.desk import commands

ROWS = [
    row.split("\t")
    for row in (Path(__file__).parent / "fixtures/guide/questions.tsv").read_text("utf-8").splitlines()[1:]
]
NAMES = """
    join.flow join.group join.duplicate join.group-remark join.register join.form account.status
    account.pending-long enrol.window enrol.notice login.site login.account login.password-change
    login.browser enrol.how enrol.once enrol.scope enrol.suspension enrol.items enrol.principle
    sample.dispatch sample.plan report.how report.unreported-mark report.verify report.redo report.late
    score.when score.where score.unscored cert.when contact.phone
"""
TOPICS = set(NAMES.split())
SETTINGS = load(None)
COVERED = [topic for topic in guide().topics.values() if topic.is_covered]


def questions(topic: str) -> list[str]:
    return [question for name, question in ROWS if name == topic]


def test_every_topic_has_its_file() -> None:
    assert {topic.name for topic in COVERED} == TOPICS
    assert "human" in guide().topics


@pytest.mark.parametrize("topic", guide().topics.values(), ids=lambda topic: topic.name)
def test_a_topic_is_short_and_ends_with_one_next_step(topic: Topic) -> None:
    said = text_of(topic, SETTINGS)
    assert len(said) <= 400
    assert "{" not in said
    assert "发送「" in said.splitlines()[-1] or SETTINGS.centre_phone in said.splitlines()[-1]
    assert len(topic.questions) >= 8


@pytest.mark.parametrize("topic", COVERED, ids=lambda topic: topic.name)
def test_a_topic_names_its_paragraph(topic: Topic) -> None:
    assert re.match("参控指南 第[一二三]部分", topic.source)


def test_a_topic_sends_to_commands_that_exist() -> None:
    table, titles = commands(), {topic.title for topic in guide().topics.values()}
    for topic in guide().topics.values():
        for words in re.findall("发送「(.+?)」", text_of(topic, SETTINGS)):
            found = table.find(words)
            assert found, (topic.name, words)
            assert found[0].name != "流程" or found[1] in titles


def test_titles_are_picked_by_and_so_are_nobody_elses() -> None:
    commands()  # plugins are loaded by NoneBot or not at all
    from bot.plugins.guide import PARTS

    titles = Counter(topic.title for topic in guide().topics.values())
    assert max(titles.values()) == 1
    assert not titles.keys() & {word for _, title, words in PARTS for word in (title, *words)}


@pytest.mark.parametrize(
    ("topic", "hedge"),
    [
        ("score.when", "一般在质评上报截止半个月左右"),
        ("enrol.window", "10月底和11月初开始，持续一个月左右"),
        ("enrol.once", "大部分项目都是一年举行两次"),
        ("enrol.items", "请以当年列出的项目为准"),
        ("cert.when", "一般在本年度两次质评活动都结束后"),
        ("report.late", "原则上已上报的数据中心不予退回，系统故障除外"),
        ("login.browser", "其他浏览器往往登录不了"),
        ("join.group-remark", "定期清理没有备注的人员"),
        ("contact.phone", "0551-62283619"),
    ],
)
def test_the_guides_own_hedges_stay(topic: str, hedge: str) -> None:
    assert hedge in text_of(guide().topics[topic], SETTINGS)


def test_no_two_topics_claim_one_question() -> None:
    claimed: dict[tuple[str, ...], str] = {}
    for topic in guide().topics.values():
        for question in topic.questions:
            assert claimed.setdefault(guide().reading(question), topic.name) == topic.name, question


@pytest.mark.parametrize("topic", COVERED, ids=lambda topic: topic.name)
def test_a_topic_is_found_by_its_own_questions(topic: Topic) -> None:
    assert [question for question in topic.questions if guide().ask(question).topic is not topic] == []


def test_questions_that_the_guide_answers_are_answered() -> None:
    """Of questions kept apart from the samples, at least 97 of 100, and never with something else."""
    asked = [(topic, question) for topic, question in ROWS if topic in TOPICS]
    found = [(topic, guide().ask(question)) for topic, question in asked]
    right = [guess for topic, guess in found if guess.topic and guess.topic.name == topic]
    wrong = [guess for topic, guess in found if guess.topic and guess.topic.name != topic]
    assert len(asked) > 600
    assert len(right) >= 0.97 * len(asked)
    assert wrong == []


def test_what_the_guide_does_not_cover_is_never_answered_from_it() -> None:
    asked = questions("human")
    guesses = [guide().ask(question) for question in asked]
    assert len(asked) > 300
    assert [q for q, guess in zip(asked, guesses, strict=True) if guess.topic and guess.topic.is_covered] == []
    assert sum(bool(guess.alternatives) for guess in guesses) <= 0.05 * len(asked)


@pytest.mark.parametrize("question", questions("ambiguous"))
def test_ambiguous_words_are_asked_back(question: str) -> None:
    guess = guide().ask(question)
    assert guess.topic is None
    assert len(guess.alternatives) == 2
    assert guess.asks.startswith("「")


def test_a_question_takes_less_than_5_ms() -> None:
    guide()
    begun = time.process_time()
    for _, question in ROWS:
        guide().ask(question)
    assert (time.process_time() - begun) / len(ROWS) < 0.005


def test_a_word_of_the_lexicon_has_one_meaning() -> None:
    said = tomllib.loads((HERE / "words.toml").read_text("utf-8"))
    words = [
        *said["drop"],
        *said["names"],
        *chain.from_iterable([key, *same] for key, same in said["same"].items()),
    ]
    assert [word for word, count in Counter(words).items() if count > 1] == []


def test_the_questions_are_kept_apart_from_the_samples() -> None:
    samples = {question for topic in guide().topics.values() for question in topic.questions}
    assert [question for _, question in ROWS if question in samples] == []
