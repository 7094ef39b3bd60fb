"""How well questions are understood that are no samples; and how that is counted."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.guide import guide
from core.guide import HUMAN, Guess
from tests.bot.guide_score import TOP_1, TOP_2, WRONG, Row, Verdict, rows, score

SETS = sorted((Path(__file__).parent / "fixtures/guide").glob("*.tsv"))
WHEN, WHERE, NOBODY = (guide().topics[name] for name in ("score.when", "score.where", HUMAN))
SURE, DOUBTFUL, UNKNOWN = Guess(WHEN, 0.9), Guess(None, 0.4, (WHEN, WHERE)), Guess(None, 0.1)


@pytest.mark.parametrize("file", SETS, ids=lambda file: file.stem)
@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
def test_a_labelled_set_is_understood(file: Path, inside: bool) -> None:
    found = score(rows(file), guide().ask).of(inside=inside)
    assert len(found.verdicts) >= 60
    assert found.top_1 >= TOP_1, str(found)
    assert found.top_2 >= TOP_2, str(found)
    assert found.wrong <= WRONG, str(found)


def test_the_sets_are_kept_apart_from_the_samples() -> None:
    samples = {question for topic in guide().topics.values() for question in topic.questions}
    assert [row.question for file in SETS for row in rows(file) if row.question in samples] == []


@pytest.mark.parametrize(
    ("labels", "guess", "first", "within", "wrong"),
    [
        (("score.when",), SURE, True, True, False),
        (("score.where",), SURE, False, False, True),
        (("cert.when", "score.when"), SURE, True, True, False),
        (("score.where",), DOUBTFUL, False, True, False),
        (("cert.when",), DOUBTFUL, False, False, False),
        (("cert.when",), UNKNOWN, False, False, False),
        ((HUMAN,), SURE, False, False, True),
        ((HUMAN,), DOUBTFUL, False, True, False),
        ((HUMAN,), UNKNOWN, True, True, False),
        ((HUMAN,), Guess(NOBODY, 0.9), True, True, False),
    ],
)
def test_how_an_answer_is_counted(
    labels: tuple[str, ...], guess: Guess, first: bool, within: bool, wrong: bool
) -> None:
    one = Verdict(Row(labels, ""), guess)
    assert (one.is_first, one.is_within_two, one.is_confidently_wrong) == (first, within, wrong)


def test_the_benchmark_shows_the_rates_and_no_question(tmp_path: Path) -> None:
    file = tmp_path / "some.tsv"
    file.write_text("score.when\t成绩什么时候出来\nhuman\t今天天气怎么样\ncert.when\t成绩在哪查\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.guide", str(file)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 1
    assert "all         3 questions: first  66.7%, within two  66.7%, confidently wrong 33.3%" in done.stdout
    assert "天气" not in done.stdout
