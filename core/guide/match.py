"""What a question is about: one topic, two to choose from, or nothing that the guide says."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from core.guide.features import Vector, counted
from core.guide.gate import Signs, covered
from core.guide.lexicon import Words, plain
from core.guide.looks import DOUBTFUL, SURE, Look, asks, clauses, other
from core.guide.models import HUMAN, Ambiguity, Guess, Lexicon, Topic
from core.guide.rank import Mark, Ranking

ALONE: Final = 0.85  # how likely, for a clause to be answered by itself
UNWRITTEN: Final = 0.4  # mark of what is ours, but not in the guide
BARE: Final = 3  # words; in a longer question the others settle what an ambiguous one means
SHORT: Final = 6  # words; in a longer question one that is no business of ours only weighs against it
BY_ITSELF: Final = 0.55  # so near to a sample a single word must be
LONGEST: Final = 400  # characters; a whole story is for a person
CLAUSES: Final = 5

_FOREIGN: Final = "foreign"
_NONE: Final = Mark(0.0, 0.0, 0.0)


class Guide:
    """All topics, ready to be asked. `topics` is in the order given."""

    def __init__(self, topics: Sequence[Topic], lexicon: Lexicon) -> None:
        self.topics = {topic.name: topic for topic in topics}
        self._titles = {plain(topic.title): topic for topic in topics}
        self._words = Words(lexicon)
        asked = [(topic, one, self._words.read(one)) for topic in topics for one in topic.questions]
        self._samples = {plain(one): topic for topic, one, _ in asked}
        self._readings = {_bag(words): topic for topic, _, words in asked if words}
        samples: dict[str, list[Vector]] = {topic.name: [] for topic in topics}
        for topic, one, words in asked:
            samples[topic.name].append(counted(one, words))
        if lexicon.foreign:
            samples[_FOREIGN] = [counted(one, self._words.read(one)) for one in lexicon.foreign]
        self._ranking = Ranking(samples)

    def titled(self, text: str) -> Topic | None:
        return self._titles.get(plain(text))

    def reading(self, text: str) -> tuple[str, ...]:
        """The words that count in `text`, in no order: questions of one reading are the same question."""
        return _bag(self._words.read(text))

    def understands(self, text: str) -> bool:
        """Whether each word says something here; courtesies and names, which are left out, do not."""
        read = [self._words.read(word) for word in text.split()]
        return all(words and all(map(self._words.knows, words)) for words in read)

    def ask(self, text: str) -> Guess:
        """The topic of a question; what the guide does not cover is a topic, too, or nothing (domain §2)."""
        if len(text) > LONGEST:
            return Guess(None, 0.0)
        ambiguity = self._ambiguity(text)
        if ambiguity is None and (known := self._known(text)) is not None:
            return Guess(known, 1.0)
        if ambiguity is not None:
            return Guess(None, 0.4, tuple(self.topics[name] for name in ambiguity.topics), ambiguity.asks)
        look = self._look(text)
        if look is None or self._is_plainly_outside(text):
            return Guess(None, 0.0)
        if len(parts := clauses(text)) > 1:
            return self._among(look, [alone for one in parts[-CLAUSES:] if (alone := self._alone(one))])
        return self._guess(look)

    def signs(self, text: str) -> Signs | None:
        """What speaks for and against the question being covered, for whoever fits the weights anew."""
        words = self._words.read(text)
        return self._signs(text, words, self._ranking.marks(counted(text, words))) if words else None

    def _known(self, text: str) -> Topic | None:
        """A title, a sample question, or one that differs in courtesies and order only."""
        key = plain(text)
        if (known := self._titles.get(key) or self._samples.get(key)) is not None:
            return known
        return None if self._is_vetoed(text) else self._readings.get(self.reading(text))

    def _is_plainly_outside(self, text: str) -> bool:
        """In a story such a word may stand by chance: 带教老师休产假了."""
        return len(self._words.read(text)) <= SHORT and self._is_outside(text)

    def _is_vetoed(self, text: str) -> bool:
        return self._is_outside(text) or self._is_unwritten(text)

    def _is_outside(self, text: str) -> bool:
        """Clause by clause: 成绩在哪看，证书啥时候发 is no 证书在哪."""
        return any(map(self._words.is_outside, clauses(text)))

    def _is_unwritten(self, text: str) -> bool:
        return any(map(self._words.is_unwritten, clauses(text)))

    def _ambiguity(self, text: str) -> Ambiguity | None:
        key = plain(text)
        if key in self._titles or key in self._samples or self._is_vetoed(text):
            return None
        return self._words.ambiguity(text) if len(self._words.read(text)) <= BARE else None

    def _look(self, text: str) -> Look | None:
        """None where not one word says anything, and where the only one is no question by itself: 分配."""
        words = self._words.read(text)
        said = [word for word in words if self._words.knows(word)]
        unwritten = self._is_unwritten(text)
        if set(said) <= self._words.vague and not (unwritten and words):
            return None
        marks = self._ranking.marks(counted(text, words))
        if len(said) == 1 and not unwritten and max(mark.near for mark in marks.values()) < BY_ITSELF:
            return None
        found = sorted(((marks[name], one) for name, one in self.topics.items()), key=lambda two: -two[0].total)
        ours = next((one for one in found if not one[1].is_covered), (_NONE, self.topics[HUMAN]))
        likely = covered(self._signs(text, words, marks))
        foreign = marks.get(_FOREIGN, _NONE).total
        ranked = tuple(one for one in found if one[1].is_covered)
        return Look(likely, ranked, ours, foreign, self._is_outside(text), unwritten)

    def _signs(self, text: str, words: Sequence[str], marks: dict[str, Mark]) -> Signs:
        first = max((marks[name] for name, topic in self.topics.items() if topic.is_covered), key=_total)
        ours = [marks[name] for name, topic in self.topics.items() if not topic.is_covered]
        human, near = max(one.total for one in ours), max(one.near for one in ours)
        foreign = marks.get(_FOREIGN, _NONE)
        runs = [sum(map(len, run)) for known, run in groupby(words, self._is_known) if not known]
        return Signs(
            first.total,
            first.total - human,
            first.total - foreign.total,
            first.near,
            first.whole,
            first.near - near,
            first.near - foreign.near,
            sum(runs) / sum(map(len, words)),
            min(max(runs, default=0), 4),
            self._is_outside(text),
            self._is_unwritten(text),
        )

    def _is_known(self, word: str) -> bool:
        return self._ranking.knows(f"w{word}")

    def _alone(self, clause: str) -> Topic | None:
        """The topic of a clause that is a whole question by itself."""
        if not asks(clause):
            return None
        if (known := self._known(clause)) is not None:
            return known if known.is_covered else None
        look = self._look(clause)
        return look.sure(ALONE) if look else None

    def _among(self, look: Look, alone: Sequence[Topic]) -> Guess:
        """Of several clauses: what all of them say together; where that is not clear, the first that is clear."""
        guess = self._guess(look)
        several = alone and other(alone, alone[0])
        if guess.topic is not None and guess.topic.is_covered and not (several and guess.topic in alone):
            return Guess(guess.topic, guess.confidence, second=other(alone, guess.topic))
        if alone and (look.likely >= DOUBTFUL or not look.is_vetoed):
            return Guess(alone[0], max(SURE, look.likely), second=other(alone, alone[0]))
        return guess

    def _guess(self, look: Look) -> Guess:
        if (sure := look.sure()) is not None:
            return Guess(sure, look.likely)
        if look.likely >= DOUBTFUL:
            return Guess(None, min(look.likely / 2, 0.49), tuple(topic for _, topic in look.ranked[:2]))
        mark, ours = look.ours
        if look.is_unwritten or (mark.total >= UNWRITTEN and mark.total > look.foreign):
            return Guess(self.topics[HUMAN] if look.is_unwritten else ours, 1 - look.likely)
        return Guess(None, look.likely)


def _total(mark: Mark) -> float:
    return mark.total


def _bag(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(words))
