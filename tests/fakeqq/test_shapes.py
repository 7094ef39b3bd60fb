"""The shapes copied into shapes.json, against the samples they come from where those are at hand."""

import json
from pathlib import Path

import pytest

from tests.fakeqq.double import SHAPES, shape
from tests.fakeqq.wire import REFUSED, TIMEOUT

SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "onebot"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
@pytest.mark.parametrize("name", SHAPES)
def test_the_copied_shapes_are_those_of_the_samples(name: str) -> None:
    assert SHAPES[name] == shape(json.loads((SAMPLES / f"napcat_{name}.json").read_text("utf-8")))


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
@pytest.mark.parametrize(("text", "name"), [(REFUSED, "1200"), (TIMEOUT, "1200_timeout")])
def test_failures_have_the_words_of_the_samples(text: str, name: str) -> None:
    assert text == json.loads((SAMPLES / f"napcat_send_failed_{name}.json").read_text("utf-8"))["message"]
