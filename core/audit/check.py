"""Whether the chain is whole; fed row by row, so that it takes no memory."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.audit.chain import GENESIS, SALT_BYTES, Entry, Head, later, persons_digest, row_digest
from core.audit.noted import Noted
from core.audit.ranges import Erased

BACK = timedelta(hours=1)  # clocks are set back, but by less


class Wrong(StrEnum):
    MISSING = "missing"  # this row is not there
    EXTRA = "extra"  # behind the head, or no number in the row
    CHANGED = "changed"  # what is hashed, or the hash, of this row or the one before
    PERSONS = "persons"  # who did it or whom it was about
    HEAD = "head"  # the head is not that of the last row
    NOTED = "noted"  # another hash than somebody noted
    NOTED_GONE = "noted_gone"  # no such row any more
    EMPTIED = "emptied"  # no rows, though the database was used
    AFTERWARDS = "afterwards"  # not sealed, and older than what is, or its time unreadable


@dataclass(frozen=True, slots=True)
class Fault:
    """`at` is the time of the row, or of the last one before what is missing."""

    what: Wrong
    seq: int
    at: datetime | None


class Check:
    """Rows in order of their numbers; nothing is looked at behind the first fault."""

    def __init__(self, head: Head | None, erased: Erased, noted: Noted | None = None) -> None:
        self.head = head or Head(0, GENESIS, None)
        self.last = Head(0, GENESIS, None)
        self.erased = 0
        self.backwards: Head | None = None  # the first row from long before the one it follows
        self.fault: Fault | None = None
        self._erasures, self._noted = erased, noted
        self._latest: datetime | None = None

    def take(self, entries: Iterable[Entry]) -> bool:
        """Whether all is well so far."""
        for entry in entries:
            if what := self._wrong(entry):
                missing = what is Wrong.MISSING
                self.fault = Fault(what, self.last.seq + 1, self.last.at if missing else entry.at)
                return False
            self.last = Head(self.last.seq + 1, str(entry.hash), entry.at)
            self._time_passes(entry.at)
        return True

    def finish(self) -> Fault | None:
        """The fault, if there is one, once all rows were taken."""
        if self.fault:
            return self.fault
        if self.last.seq < self.head.seq:
            self.fault = Fault(Wrong.MISSING, self.last.seq + 1, self.last.at)
        elif self.head != replace(self.last, at=self._latest):
            self.fault = Fault(Wrong.HEAD, self.head.seq, self.last.at)
        elif self._noted and self._noted.seq > self.last.seq:
            self.fault = Fault(Wrong.NOTED_GONE, self._noted.seq, self.last.at)
        return self.fault

    def _time_passes(self, at: datetime | None) -> None:
        latest = later(self._latest, at)
        if latest and at and at < latest - BACK:
            self.backwards = self.backwards or self.last
        self._latest = latest

    def _wrong(self, entry: Entry) -> Wrong | None:
        seq = self.last.seq + 1
        if entry.seq != seq:
            return Wrong.MISSING if isinstance(entry.seq, int) and entry.seq > seq else Wrong.EXTRA
        if seq > self.head.seq:
            return Wrong.EXTRA
        if not _follows(entry, self.last, seq):
            return Wrong.CHANGED
        if not self._persons_stand(entry, seq):
            return Wrong.PERSONS
        if self._noted and self._noted.seq == seq and not self._noted.fits(str(entry.hash)):
            return Wrong.NOTED
        return None

    def _persons_stand(self, entry: Entry, seq: int) -> bool:
        nobody = entry.salt is None and entry.actor is None and entry.account is None
        if entry.persons is None:
            return nobody
        if seq in self._erasures:
            self.erased += 1
            return nobody
        if not isinstance(entry.salt, str) or len(entry.salt) != 2 * SALT_BYTES:
            return False
        try:
            return persons_digest(entry.salt, entry.actor, entry.account) == entry.persons
        except TypeError:
            return False


def _follows(entry: Entry, last: Head, seq: int) -> bool:
    """Without a time it could have been sealed unseen: the program writes none such."""
    try:
        return entry.at is not None and row_digest(last.hash, seq, entry, entry.persons) == entry.hash
    except TypeError:
        return False
