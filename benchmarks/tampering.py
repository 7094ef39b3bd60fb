"""One single thing done to a copy of a log, by hand and at random."""

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.audit.chain import GENESIS, Entry, Head, persons_digest, row_digest, seal

COLUMNS = "id, at, action, subject, detail, actor, account, salt, seq, persons, hash"
CHANGEABLE = ("at", "action", "subject", "detail", "actor", "account", "salt", "persons", "hash")
MICROSECOND = timedelta(microseconds=1)


class Tampering:
    def __init__(self, original: Path) -> None:
        self.original, self.copy = original, original.with_name("copy.db")
        self.counts: Counter[str] = Counter()
        with closing(sqlite3.connect(original)) as sound:
            found = sound.execute(f"SELECT {COLUMNS} FROM audit_log ORDER BY seq")
            self.rows = [Entry(ident, _moment(at), *rest) for ident, at, *rest in found]

    def fresh(self) -> None:
        shutil.copyfile(self.original, self.copy)

    def on_a_copy(self, seed: int) -> str:
        """What was done, in words."""
        self.fresh()
        chance = random.Random(seed)
        with closing(sqlite3.connect(self.copy)) as log, log:
            return self._do(log, chance)

    def _do(self, log: sqlite3.Connection, chance: random.Random) -> str:
        ways = (
            *(self._change, self._forge, self._delete, self._insert, self._swap, self._head, self._erase),
            *(self._ids, self._respell, self._backdate, self._empty),
        )
        done = chance.choice(ways)(log, chance)
        self.counts[done.partition(" ")[0]] += 1
        return done

    def _any(self, chance: random.Random) -> Entry:
        """The ends as often as all between."""
        return chance.choice((self.rows[0], self.rows[-1], *chance.choices(self.rows, k=2)))

    def _change(self, log: sqlite3.Connection, chance: random.Random) -> str:
        one, name = self._any(chance), chance.choice(CHANGEABLE)
        new = _other(one, name, chance)
        _put(log, replace(one, **{name: new}))
        return f"changed {name} of {one.seq} to {new!r}"

    def _forge(self, log: sqlite3.Connection, chance: random.Random) -> str:
        """Its own hashes are right again."""
        one = self._any(chance)
        new = replace(one, subject=f"{one.subject}1", actor="qq:1", salt=one.salt or "0" * 32)
        new = replace(new, persons=persons_digest(str(new.salt), new.actor, new.account))
        _put(log, replace(new, hash=row_digest(self._before(one).hash, one.seq or 0, new, new.persons)))
        return f"forged {one.seq}"

    def _delete(self, log: sqlite3.Connection, chance: random.Random) -> str:
        one = self._any(chance)
        log.execute("DELETE FROM audit_log WHERE id = ?", (one.id,))
        if closed := chance.random() < 0.5:
            log.execute("UPDATE audit_log SET seq = -seq WHERE seq > ?", (one.seq,))
            log.execute("UPDATE audit_log SET seq = -seq - 1 WHERE seq < 0")
        return f"deleted {one.seq}{', the gap closed' if closed else ''}"

    def _insert(self, log: sqlite3.Connection, chance: random.Random) -> str:
        """Before a row, or behind the last."""
        at = chance.choice((1, len(self.rows) + 1, chance.randint(1, len(self.rows))))
        before = Head(at - 1, self.rows[at - 2].hash or "" if at > 1 else GENESIS, None)
        new = replace(chance.choice(self.rows), id=10**6)
        made = seal(new, before)
        log.execute("UPDATE audit_log SET seq = -seq WHERE seq >= ?", (at,))
        log.execute("UPDATE audit_log SET seq = 1 - seq WHERE seq < 0")
        _put(log, replace(new, salt=made.salt, seq=at, persons=made.persons, hash=made.hash))
        return f"inserted {at}"

    def _swap(self, log: sqlite3.Connection, chance: random.Random) -> str:
        one = self._any(chance)
        two = chance.choice([row for row in self.rows if row.id != one.id])
        log.execute("UPDATE audit_log SET seq = -1 WHERE id = ?", (one.id,))
        if whole := chance.random() < 0.5:
            _put(log, replace(two, seq=one.seq))
            _put(log, replace(one, seq=two.seq))
        else:  # their contents, the seals stay
            _put(log, replace(two, salt=one.salt, seq=one.seq, persons=one.persons, hash=one.hash), one.id)
            _put(log, replace(one, salt=two.salt, seq=two.seq, persons=two.persons, hash=two.hash), two.id)
        return f"swapped {one.seq} and {two.seq}{', whole' if whole else ''}"

    def _head(self, log: sqlite3.Connection, chance: random.Random) -> str:
        last = self.rows[-1]
        what = chance.choice(
            (
                f"UPDATE audit_head SET seq = {chance.choice((0, 1, len(self.rows) - 1, len(self.rows) + 1))}",
                f"UPDATE audit_head SET hash = '{_flip(str(last.hash), chance)}'",
                "UPDATE audit_head SET at = '2026-03-16 01:00:00.000001'",
                "DELETE FROM audit_head",
            )
        )
        log.execute(what)
        return f"head: {what}"

    def _erase(self, log: sqlite3.Connection, chance: random.Random) -> str:
        one = chance.choice([row for row in self.rows if row.salt is not None])
        _put(log, replace(one, actor=None, account=None, salt=None))
        return f"erased {one.seq}"

    def _ids(self, log: sqlite3.Connection, chance: random.Random) -> str:
        """Only these: what stands in the rows and their seals stay."""
        one = self._any(chance)
        two = chance.choice([row for row in self.rows if row.id != one.id])
        move = "UPDATE audit_log SET id = ? WHERE id = ?"
        log.execute(move, (-1, one.id))
        if swapped := chance.random() < 0.5:
            log.execute(move, (one.id, two.id))
            log.execute(move, (two.id, -1))
        return f"ids {f'of {one.seq} and {two.seq} swapped' if swapped else f'changed in {one.seq}'}"

    def _respell(self, log: sqlite3.Connection, chance: random.Random) -> str:
        """The same said otherwise."""
        one = self._any(chance)
        assert one.at is not None
        plain = one.at.replace(tzinfo=None)
        name, new = chance.choice(
            (
                ("detail", f'{{"how": "x", {one.detail[1:]}'),
                ("detail", one.detail.replace(": ", ":")),
                ("detail", f" {one.detail}"),
                ("detail", one.detail.encode()),
                ("at", plain.isoformat("T", "microseconds")),
                ("at", plain.isoformat(" ", "milliseconds")),
                ("at", one.at.isoformat(" ", "microseconds")),
            )
        )
        log.execute(f"UPDATE audit_log SET {name} = ? WHERE id = ?", (new, one.id))
        return f"respelled {name} of {one.seq}: {new!r}"

    def _backdate(self, log: sqlite3.Connection, chance: random.Random) -> str:
        """Not sealed, from before the head; or without a time that we would write."""
        latest = max(row.at for row in self.rows if row.at)
        at = latest - timedelta(seconds=chance.randint(301, 10**6))
        new = replace(chance.choice(self.rows), id=chance.choice((-1, 10**6)), at=at)
        _put(log, replace(new, salt=None, seq=None, persons=None, hash=None))
        if odd := chance.random() < 0.3:
            log.execute("UPDATE audit_log SET at = replace(at, ' ', 'T') WHERE seq IS NULL")
        return f"backdated {at}{', odd' if odd else ''}"

    def _empty(self, log: sqlite3.Connection, _: random.Random) -> str:
        """Of a database in use."""
        log.execute("DELETE FROM audit_log")
        log.execute("DELETE FROM audit_head")
        return "emptied"

    def _before(self, one: Entry) -> Head:
        seq = one.seq or 0
        return Head(seq - 1, str(self.rows[seq - 2].hash) if seq > 1 else GENESIS, None)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _put(log: sqlite3.Connection, row: Entry, ident: int | None = None) -> None:
    assert row.at is not None
    at = row.at.replace(tzinfo=None).isoformat(" ", "microseconds")
    plain = (row.actor, row.account, row.salt, row.seq, row.persons, row.hash)
    values = (ident or row.id, at, row.action, row.subject, row.detail, *plain)
    log.execute(f"REPLACE INTO audit_log ({COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def _other(one: Entry, name: str, chance: random.Random) -> Any:
    old = getattr(one, name)
    if name == "at":
        return old + chance.choice((-1, 1)) * chance.choice((MICROSECOND, timedelta(hours=8)))
    if name == "detail":
        return chance.choice(("{}", "null", "{", f'{old[:-1]}, "x": 1}}'))
    if old is None:
        return chance.choice(("", "qq:1", "0" * 32))
    choices = [_flip(old, chance), f"{old} ", ""]
    return chance.choice(choices if name in ("action", "subject") else [*choices, None])


def _flip(old: str, chance: random.Random) -> str:
    at = chance.randrange(len(old))
    return f"{old[:at]}{'y' if old[at] == 'x' else 'x'}{old[at + 1 :]}"
