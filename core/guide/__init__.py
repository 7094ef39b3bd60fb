"""The centre's guide: which of its topics a question in plain words is about, if any."""

from core.guide.match import Guide
from core.guide.models import HUMAN, Ambiguity, Guess, Lexicon, Topic

__all__ = ["HUMAN", "Ambiguity", "Guess", "Guide", "Lexicon", "Topic"]
