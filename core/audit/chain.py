"""What of a row is hashed, and how the rows hang together."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64  # what the first row follows
SALT_BYTES = 16
SHORT = 16  # characters of a hash that staff compare by eye

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Head:
    """The last row that is sealed; `at` is the latest moment so far, clocks may have been set back."""

    seq: int
    hash: str
    at: datetime | None

    @property
    def short(self) -> str:
        """123:0f1e-2d3c-4b5a-6978; in fours: easily read out, and never taken for a telephone number."""
        return f"{self.seq}:{'-'.join(self.hash[start : start + 4] for start in range(0, SHORT, 4))}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it is stored, `detail` to the letter; `at` is None where the database holds no moment, or one that
    is not written as this program writes it."""

    id: int
    at: datetime | None
    action: str
    subject: str
    detail: str
    actor: str | None
    account: str | None
    salt: str | None = None
    seq: int | None = None
    persons: str | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """What sealing adds to a row."""

    seq: int
    salt: str | None
    persons: str | None
    hash: str


def seal(entry: Entry, previous: Head) -> Seal:
    salt = persons = None
    if entry.actor is not None or entry.account is not None:
        salt = secrets.token_hex(SALT_BYTES)
        persons = persons_digest(salt, entry.actor, entry.account)
    seq = previous.seq + 1
    return Seal(seq, salt, persons, row_digest(previous.hash, seq, entry, persons))


def persons_digest(salt: str, actor: str | None, account: str | None) -> str:
    """Salted, else an account could be guessed out of it after its erasure: there are few numbers."""
    return _sha256(salt + _CANONICAL.encode({"actor": actor, "account": account}))


def row_digest(previous: str, seq: int, entry: Entry, persons: str | None) -> str:
    """TypeError if anything is no text."""
    hashed = {
        "id": entry.id,
        "seq": seq,
        "at": entry.at and entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "persons": persons,
    }
    return _sha256(previous + _CANONICAL.encode(hashed))


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _sha256(text: str) -> str:
    """JSON can bear half of a character pair, UTF-8 can't."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
