"""What stands, by natural key, in the workbooks' own values: what an import is compared with."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import String, select, tuple_, type_coerce

from core.workbooks.judged import Known
from db.activities import programme, round_, submission
from db.base import Queries
from db.labs import application, lab, lab_name


class Facts(Queries):
    async def known(self, kinds: set[str]) -> Known:
        """Everything that workbooks of these kinds are compared with, except submissions."""
        known = Known()
        if kinds & {"labs", "submissions"}:
            known.labs = await self._known_labs(whole="labs" in kinds)
        if "applications" in kinds:
            known.applications = await self._known_applications()
        if kinds & {"programmes", "rounds", "submissions"}:
            known.programmes = await self._known_programmes()
        if kinds & {"rounds", "submissions"}:
            known.rounds = await self._known_rounds()
        return known

    async def _known_labs(self, whole: bool) -> dict[str, dict[str, Any]]:
        if not whole:
            return {row.code: {} for row in await self._all(select(lab.c.code))}
        names: dict[tuple[int, bool], list[str]] = {}
        for row in await self._all(select(lab_name).order_by(lab_name.c.id)):
            names.setdefault((row.lab_id, row.former), []).append(row.name)
        return {
            row.code: {
                **{c: getattr(row, c) for c in ("name", "city", "county", "contact", "phone", "stopped")},
                "aliases": names.get((row.id, False), []),
                "former_names": names.get((row.id, True), []),
            }
            for row in await self._all(select(lab))
        }

    async def _known_applications(self) -> dict[tuple[str, str, str, str], dict[str, Any]]:
        idents = ("unit", "city", "county", "contact", "phone", "email", "qq")
        return {
            (row.name_key, row.city, row.county, _day_text(row.submitted_on) or ""): {
                **{ident: getattr(row, ident) for ident in idents},
                "submitted_on": _day_text(row.submitted_on),
            }
            for row in await self._all(select(application))
        }

    async def _known_programmes(self) -> dict[tuple[int, str], dict[str, Any]]:
        idents = ("name", "aliases", "rounds", "scored", "pass_score", "plan_url")
        rows = await self._all(select(programme))
        return {(row.year, row.code): {ident: getattr(row, ident) for ident in idents} for row in rows}

    async def _known_rounds(self) -> dict[tuple[int, int, str], dict[str, Any]]:
        query = select(round_, programme.c.code).join(programme, programme.c.id == round_.c.programme_id)
        return {
            (row.year, row.n, row.code): {
                "dispatch_on": _day_text(row.dispatch_on),
                "expected_on": _day_text(row.expected_on),
                "opens_at": _moment_text(row.opens_at),
                "deadline": _moment_text(row.deadline),
                "sample_nos": row.sample_nos,
                "scores_due_on": _day_text(row.scores_due_on),
                "plan_url": row.plan_url,
            }
            for row in await self._all(query)
        }

    async def known_submissions(
        self, activities: Collection[tuple[int, int]]
    ) -> dict[tuple[int, int, str], dict[str, tuple[str, str | None]]]:
        """By round, then lab code: (state, reported at as ISO text)."""
        query = (
            select(round_.c.id, round_.c.year, round_.c.n, programme.c.code)
            .join(programme, programme.c.id == round_.c.programme_id)
            .where(tuple_(round_.c.year, round_.c.n).in_(list(activities)))
        )
        keys = {row.id: (row.year, row.n, row.code) for row in await self._all(query)}
        codes = {row.id: row.code for row in await self._all(select(lab.c.id, lab.c.code))}
        found: dict[tuple[int, int, str], dict[str, tuple[str, str | None]]] = {}
        s = submission.c
        text = type_coerce(s.reported_at, String)  # as stored: building 60,000 datetimes stops the loop
        for ident, key in keys.items():  # round by round, so that others get their turn
            rows = await self._all(select(s.lab_id, s.state, text).where(s.round_id == ident))
            found[key] = {codes[lab_id]: (state, _stored_moment_text(at)) for lab_id, state, at in rows}
        return found


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _stored_moment_text(stored: str | datetime | None) -> str | None:
    """SQLite stores UTC as text, `2026-03-20 02:30:00.000000`; PostgreSQL's driver gives datetimes."""
    return f"{stored[:10]}T{stored[11:19]}Z" if isinstance(stored, str) else _moment_text(stored)


def _moment_text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
