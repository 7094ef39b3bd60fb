"""Another robot that answers each of our answers (an away message, a robot of QQ) is no longer answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loguru import logger

from bot.incoming import Incoming
from bot.limits import Recent
from core.words import fold

TURNS = 3
SAME_WITHIN = timedelta(minutes=5)
SOON = timedelta(seconds=30)  # a person may repeat a command to see what has changed, but hardly at once
QUICK = timedelta(seconds=5)
SILENCE = timedelta(minutes=10)
COMPARED = 200  # characters
_NEVER = timedelta.max


@dataclass(slots=True)
class _Talk:
    """`answered`: when we last did, until the next message, and what we `said`; `same`, `quick`: messages in a row
    that came after an answer of ours and said the same, or came at once and got the same answer."""

    text: str = ""
    said: int = 0
    since: datetime | None = None
    same: int = 0
    quick: int = 0
    answered: datetime | None = None
    silent_until: datetime | None = None


class Loops:
    """One talk for each account and place. A loop is the same words three times within five minutes, each behind
    an answer of ours; or three messages that are no commands, each within seconds of one and the same answer.
    Whoever gets another answer each time has asked something, and so has who then says another command."""

    def __init__(self) -> None:
        self._talks = Recent(_Talk)

    def answered(self, incoming: Incoming, said: object, now: datetime) -> None:
        talk = self._of(incoming)
        if talk.said != hash(said):
            talk.said, talk.quick = hash(said), 0
        talk.answered = now

    def is_cut(self, incoming: Incoming, is_command: bool, now: datetime) -> bool:
        """Called once for each message that would be answered."""
        talk = self._of(incoming)
        if talk.silent_until is not None:
            if now < talk.silent_until:
                return not is_command or fold(incoming.text[:COMPARED]) == talk.text
            talk.silent_until = None
        waited, talk.answered = now - talk.answered if talk.answered else _NEVER, None
        picks = is_command and incoming.text.strip().isdecimal()  # a number picks something else each time
        self._count_same(talk, incoming, not picks and waited <= (SOON if is_command else SAME_WITHIN), now)
        at_once = waited <= QUICK and not is_command
        talk.quick = talk.quick + 1 if at_once else 0
        if talk.same < TURNS and talk.quick < TURNS:
            return False
        talk.silent_until = now + SILENCE
        logger.warning("{} answers each of our answers; not answered for a while", incoming.account.masked)
        return True

    def _count_same(self, talk: _Talk, incoming: Incoming, counts: bool, now: datetime) -> None:
        text = fold(incoming.text[:COMPARED])
        if text != talk.text or talk.since is None or now - talk.since > SAME_WITHIN:
            talk.text, talk.since, talk.same = text, now, 0
        else:
            talk.same += counts

    def _of(self, incoming: Incoming) -> _Talk:
        return self._talks.of((incoming.account, incoming.where))
