"""What a lab's own people ask about their rounds: 我的, 截止, 上报."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.activities.models import Programme, Reported, RoundState
from core.activities.own import RECEIVED, OwnRound, data_date
from core.activities.use import ALL, choose_from_all, local_day
from core.labs.models import Lab
from core.words import name_key


class ReadTx(Protocol):
    async def own_rounds(
        self, who: Principal, year: int | None = None, n: int | None = None, *, since: datetime | None = None
    ) -> list[OwnRound]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class StatusTx(ReadTx, Protocol):
    async def programmes(self, year: int) -> list[Programme]: ...


class LabsTx(ReadTx, Protocol):
    async def own_labs(self, who: Principal) -> list[Lab]: ...


@dataclass(frozen=True, slots=True)
class LabRounds:
    """One lab's rounds: those it takes part in as far as known, and those of which nobody said so.
    `out` is what it is known not to take part in."""

    lab_id: int
    name: str
    known: tuple[OwnRound, ...]
    unsure: tuple[OwnRound, ...]
    out: tuple[OwnRound, ...] = ()

    @property
    def as_of(self) -> datetime | None:
        return data_date(self.known)


def by_lab(rounds: Iterable[OwnRound]) -> tuple[LabRounds, ...]:
    """In order of the labs' names."""
    labs: dict[int, list[OwnRound]] = {}
    for one in rounds:
        labs.setdefault(one.lab_id, []).append(one)
    parts = [
        LabRounds(
            ident,
            mine[0].lab_name,
            tuple(one for one in mine if one.takes_part),
            tuple(one for one in mine if not one.takes_part and not one.left_out),
            tuple(one for one in mine if one.left_out),
        )
        for ident, mine in labs.items()
    ]
    return tuple(sorted(parts, key=lambda part: (part.name, part.lab_id)))


def current(rounds: Sequence[OwnRound], now: datetime) -> list[OwnRound]:
    """The rounds of one activity: the open one that closes first, else the last, else the next."""
    mine = [one for one in rounds if not one.left_out] or list(rounds)
    open_ = [one for one in mine if one.is_open(now)]
    past = [one for one in mine if one.deadline < now]
    if open_ or not past:
        first = min(open_ or mine, key=lambda one: one.deadline, default=None)
    else:
        first = max(past, key=lambda one: one.deadline)
    return [one for one in rounds if first and one.activity == first.activity]


async def note_read(tx: ReadTx, who: Principal, action: str, now: datetime) -> None:
    for lab in sorted(who.labs):
        await tx.audit(who, action, f"lab:{lab}", {}, now)


@dataclass(frozen=True, slots=True)
class MyLab:
    """`lab` bears the code; `open` are the rounds to report, `unsigned` the samples nobody signed for."""

    lab: Lab
    open: LabRounds
    unsigned: tuple[OwnRound, ...]


async def my_labs(tx: LabsTx, who: Principal, now: datetime) -> list[MyLab]:
    """Answer of 我的."""
    await note_read(tx, who, "labs.own", now)
    rounds = [one for one in await tx.own_rounds(who, since=now) if one.is_open(now)]
    parts = {part.lab_id: part for part in by_lab(rounds)}
    found = []
    for lab in await tx.own_labs(who):
        part = parts.get(lab.id) or LabRounds(lab.id, lab.name, (), ())
        sent = [one for one in part.known if one.round.state is RoundState.DISPATCHED]
        found.append(MyLab(lab, part, tuple(one for one in sent if one.receipt != RECEIVED)))
    return found


@dataclass(frozen=True, slots=True)
class Status:
    """Answer of 上报: one activity, lab by lab; `open` while any round can still be reported that they take part
    in as far as known, `partly` while some of these cannot. `redo_until`: until when what is known as reported can
    be reported anew (guide, part 3). `unplanned`: named, yet not scheduled in this activity."""

    year: int
    n: int
    labs: tuple[LabRounds, ...]
    open: bool
    redo_until: tuple[datetime, ...] = ()
    to_report: bool = False
    partly: bool = False
    unplanned: tuple[str, ...] = ()

    @property
    def reported(self) -> bool:
        return any(one.reported is Reported.SUBMITTED for lab in self.labs for one in lab.known)


async def status(
    tx: StatusTx, who: Principal, year: int | None, n: int | None, now: datetime, words: Sequence[str] = ()
) -> Status | None:
    """None where no schedule of such an activity, or of the programmes that the words name, was imported.

    DomainError: those of `choose`.
    """
    await note_read(tx, who, "activities.own", now)
    rounds, names = await tx.own_rounds(who, year, n), list[str]()
    if named := [word for word in words if word != ALL]:
        listed = await tx.programmes(year or local_day(now).year)
        names = list(dict.fromkeys(one.name for one in _meant(named, rounds, listed)))
        keys = {name_key(name) for name in names}
        rounds = [one for one in rounds if name_key(one.name) in keys]
    rounds = current(rounds, now)
    if not rounds:
        return None
    known = [one for one in rounds if one.takes_part] or [one for one in rounds if not one.left_out]
    open_ = [one for one in known if now <= one.deadline]
    redo = {one.deadline for one in open_ if one.reported is Reported.SUBMITTED}
    to_report = any(one.to_remind for one in open_)
    shown = {name_key(one.name) for one in rounds}
    unplanned = tuple(name for name in names if name_key(name) not in shown)
    partly = 0 < len(open_) < len(known)
    return Status(
        *rounds[0].activity, by_lab(rounds), bool(open_), tuple(sorted(redo)), to_report, partly, unplanned
    )


def _meant(words: Sequence[str], rounds: Sequence[OwnRound], listed: Sequence[Programme]) -> list[Programme]:
    """Chosen among what the labs take part in, so that an alias of one of them is clear; else among all."""
    own = list({one.round.programme.id: one.round.programme for one in rounds if one.takes_part}.values())
    return choose_from_all(words, own, [*(r.round.programme for r in rounds), *listed])


async def own_of(tx: ReadTx, who: Principal, ids: Iterable[int], now: datetime) -> tuple[LabRounds, ...]:
    """How the asker's labs stand to these rounds; for 截止."""
    await note_read(tx, who, "activities.own", now)
    wanted = set(ids)
    return by_lab(one for one in await tx.own_rounds(who, since=now) if one.round.id in wanted)
