"""An answer from the guide as it is shown: the guide's words, what is known now, one next step, the source."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.guide import text_of
from bot.settings import Settings
from core.guide import Guess, Topic
from core.guide.facts import Fact
from core.guide.own_facts import OwnFact


def view_of(
    topic: Topic, settings: Settings, facts: Sequence[Fact | OwnFact] = (), second: Topic | None = None
) -> Mapping[str, Any]:
    """For guide/answer. The last line of a topic is its next step, so what is known now comes before it."""
    body, _, step = text_of(topic, settings).rpartition("\n")
    view = {"topic": topic.name, "text": body or step, "step": step if body else "", "source": topic.source}
    return {**view, "facts": [one for one in facts if one], "second": second}


def choice_of(guess: Guess, settings: Settings, *, group: bool = False) -> Mapping[str, Any]:
    """For guide/choice: two topics, and a person."""
    return {"asks": guess.asks, "topics": guess.alternatives, "phone": settings.centre_phone, "group": group}
