"""How staff make imported scores visible: programme by programme within an activity (domain §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.access import Principal
from core.activities.models import RoundView
from core.activities.use import RoundsTx, activity
from core.errors import DomainError
from core.pushes.models import Kind, Planned
from core.scores.models import Conflict, Distribution, Imported, Release

ANNOUNCED_FOR = timedelta(days=7)
SHOWN = 8  # conflicts that a preview names


class ProposeTx(RoundsTx, Protocol):
    async def imported_scores(self, rounds: Sequence[int]) -> dict[int, Imported]: ...

    async def spread(self, round_id: int) -> list[Distribution]: ...


class ConflictsTx(Protocol):
    async def score_conflicts(self, who: Principal, rounds: Sequence[int], limit: int) -> list[Conflict]: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


class ReleaseTx(Protocol):
    async def releases(self, rounds: Sequence[int]) -> list[Release]: ...

    async def release_scores(self, rounds: Sequence[int], now: datetime) -> None: ...

    async def write_distributions(self, rounds: Sequence[int], found: Sequence[Distribution]) -> None: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A programme whose scores were imported and are not released."""

    view: RoundView
    imported: Imported

    @property
    def name(self) -> str:
        return self.view.name


@dataclass(frozen=True, slots=True)
class ScoreRelease:
    """What 公布成绩 would do. `again` were released before, `lacking` have no scores; both are left out.
    `still_open`: of those ready, whose labs may yet report. `spread`: how all labs did, counted here and not while
    others wait to write; it holds as long as `releases` does."""

    year: int
    n: int
    ready: tuple[Ready, ...]
    again: tuple[str, ...]
    lacking: tuple[str, ...]
    still_open: tuple[str, ...]
    spread: tuple[Distribution, ...] = ()

    @property
    def rounds(self) -> list[int]:
        return sorted(one.view.round.id for one in self.ready)

    @property
    def conflicts(self) -> int:
        return sum(one.imported.conflicts for one in self.ready)

    @property
    def releases(self) -> list[Release]:
        """What must still be so when it is done."""
        return sorted((one.imported.release for one in self.ready), key=lambda one: one.round_id)


async def propose_release(tx: ProposeTx, year: int, n: int, words: Sequence[str], now: datetime) -> ScoreRelease:
    """DomainError: activities/activity_unknown, scores/released_before, scores/nothing_imported."""
    views = await activity(tx, year, n, words)
    imported = await tx.imported_scores([view.round.id for view in views])
    known = [(view, imported.get(view.round.id)) for view in views]
    ready = tuple(Ready(view, one) for view, one in known if one and one.release.released_at is None)
    again = tuple(view.name for view, one in known if one and one.release.released_at)
    lacking = tuple(view.name for view, one in known if one is None)
    if not ready:
        key = "scores/released_before" if again and not lacking else "scores/nothing_imported"
        raise DomainError(key, year=year, n=n, lacking=lacking)
    still_open = tuple(one.name for one in ready if one.view.deadline > now)
    spread = [one for each in ready for one in await tx.spread(each.view.round.id)]
    return ScoreRelease(year, n, ready, again, lacking, still_open, tuple(spread))


async def doubtful(tx: ConflictsTx, who: Principal, release: ScoreRelease, now: datetime) -> list[Conflict]:
    """The first conflicts, by name: for staff in private."""
    await tx.audit(who, "scores.conflicts", f"activity:{release.year}:{release.n}", {}, now)
    return await tx.score_conflicts(who, release.rounds, SHOWN)


async def release(tx: ReleaseTx, who: Principal, proposal: ScoreRelease, now: datetime) -> None:
    """Visible from now on; state, audit row and announcement (no figures) commit together.

    DomainError("door/changed") where scores were imported or released meanwhile.
    """
    ids = proposal.rounds
    if sorted(await tx.releases(ids), key=lambda one: one.round_id) != proposal.releases:
        raise DomainError("door/changed")
    await tx.release_scores(ids, now)
    await tx.write_distributions(ids, proposal.spread)
    facts = {"year": proposal.year, "n": proposal.n, "rounds": ids}
    await tx.audit(who, "scores.release", f"activity:{proposal.year}:{proposal.n}", {"rounds": ids}, now)
    key = f"{Kind.RELEASED}:{proposal.year}:{proposal.n}:{','.join(map(str, ids))}"
    await tx.write_push(Planned(Kind.RELEASED, key, now, now + ANNOUNCED_FOR, facts, spread=True), now)
