"""The lists that sheets of facts name, as they stand, read in pieces."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Any

from sqlalchemy import Select, String, select, type_coerce

from core.words import name_key
from core.workbooks.judged import Key, Standing
from db.activities import submission
from db.base import Queries, chunks
from db.certificates import certificate, certificate_release
from db.enrolment import enrolment
from db.facts.values import stored_moment_text
from db.imports.lists import named_lists
from db.labs import lab
from db.members import group_member
from db.receipts import receipt
from db.scores import score, score_release

Fact = tuple[Any, ...]


def _text(column: Any) -> Any:
    """A moment as stored: building 60,000 datetimes stops the loop."""
    return type_coerce(column, String)


_sc, _re = score.c, receipt.c
# Kind → what is read of a lab in a list; the list's column stands first.
_READ: dict[str, tuple[Any, Select[Any]]] = {
    "enrolments": (enrolment.c.programme_id, select(enrolment.c.lab_id, enrolment.c.state)),
    "submissions": (
        submission.c.round_id,
        select(submission.c.lab_id, submission.c.state, _text(submission.c.reported_at)),
    ),
    "receipts": (_re.round_id, select(_re.lab_id, _re.state, _text(_re.received_at), _re.by)),
    "certificates": (
        certificate.c.programme_id,
        select(certificate.c.lab_id, certificate.c.state, certificate.c.number),
    ),
    "scores": (
        _sc.round_id,
        select(
            _sc.lab_id, _sc.verdict, _sc.acceptable, _sc.total, _sc.pt, _sc.remark, _sc.conflict, _sc.analyte
        ).where(_sc.superseded_at.is_(None)),
    ),
}


def _plain(code: str, fact: Fact) -> tuple[Any, Fact]:
    return code, fact


_SHAPES: dict[str, Callable[[str, Fact], tuple[Any, Fact]]] = {
    "submissions": lambda code, fact: (code, (fact[0], stored_moment_text(fact[1]))),
    "receipts": lambda code, fact: (code, (fact[0], stored_moment_text(fact[1]), fact[2])),
    "scores": lambda code, fact: ((code, name_key(fact[6])), fact),
}


class StandingLists(Queries):
    async def standing(self, kind: str, keys: Sequence[Any]) -> Standing:
        """What `Known.facts` holds of these lists (of members: groups)."""
        return {key: facts async for key, facts in self.standing_lists(kind, keys)}

    async def standing_lists(self, kind: str, keys: Sequence[Any]) -> AsyncIterator[tuple[Any, dict[Any, Fact]]]:
        """As `standing`, one list at a time; a list that there is none of is left out."""
        if kind == "members":
            for group in keys:
                yield group, await self._members(group)
            return
        owner, read = _READ[kind]
        codes = {ident: code async for ident, code in self._rows(select(lab.c.id, lab.c.code))}
        shape = _SHAPES.get(kind, _plain)
        owners = {key: ident for ident, key in (await self._lists(owner.name, keys)).items()}
        for key in keys:
            if key in owners:
                rows = self._rows(read.where(owner == owners[key]))
                yield key, dict([shape(codes[row[0]], tuple(row[1:])) async for row in rows])

    async def released(self, keys: Sequence[Key]) -> set[Key]:
        """Those of these lists of scores (n > 0) and certificates (n 0) that all can see."""
        found: set[Key] = set()
        for table, owner in ((score_release, "round_id"), (certificate_release, "programme_id")):
            query = select(table.c[owner]).where(table.c.released_at.is_not(None))
            released = {row[0] for row in await self._all(query)}
            of_kind = [key for key in keys if bool(key[1]) is (owner == "round_id")]
            found |= {key for ident, key in (await self._lists(owner, of_kind)).items() if ident in released}
        return found

    async def _lists(self, owner: str, keys: Collection[Key]) -> dict[int, Key]:
        found: dict[int, Key] = {}
        for some in chunks(list(keys)):
            found |= {row.id: (row.year, row.n, row.code) for row in await self._all(named_lists(owner, some))}
        return found

    async def _members(self, group: str) -> dict[str, Fact]:
        m = group_member.c
        query = select(m.account, m.card, m.nickname, m.role, _text(m.joined_at))
        rows = self._rows(query.where(m.platform == "qq", m.group_id == group))
        return {row[0]: (*row[1:4], stored_moment_text(row[4])) async for row in rows}
