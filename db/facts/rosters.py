"""Labs, applications, programmes and rounds as they stand."""

from typing import Any

from sqlalchemy import select

from core.labs.models import ApplicationState
from core.workbooks.judged import Known
from db.activities import programme, round_
from db.base import Queries
from db.facts.values import day_text, moment_text
from db.labs import application, lab, lab_name


class StandingRosters(Queries):
    async def known(self, kinds: set[str]) -> Known:
        """Everything that workbooks of these kinds are compared with, except the lists they name."""
        known = Known()
        of_year, of_round = kinds & {"enrolments", "certificates"}, kinds & {"submissions", "receipts", "scores"}
        if of_year or of_round or "labs" in kinds:
            known.labs = await self._known_labs(whole="labs" in kinds)
        if "applications" in kinds:
            known.applications = await self._known_applications()
            known.settled = await self._settled()
        if of_year or of_round or kinds & {"programmes", "rounds"}:
            known.programmes = await self._known_programmes()
        if of_round or "rounds" in kinds:
            known.rounds = await self._known_rounds()
        return known

    async def _known_labs(self, whole: bool) -> dict[str, dict[str, Any]]:
        if not whole:
            return {code: {} async for (code,) in self._rows(select(lab.c.code))}
        names: dict[tuple[int, bool], list[str]] = {}
        async for row in self._rows(select(lab_name).order_by(lab_name.c.id)):
            names.setdefault((row.lab_id, row.former), []).append(row.name)
        return {
            row.code: {
                **{c: getattr(row, c) for c in ("name", "city", "county", "contact", "phone", "stopped")},
                "aliases": names.get((row.id, False), []),
                "former_names": names.get((row.id, True), []),
            }
            async for row in self._rows(select(lab))
        }

    async def _known_applications(self) -> dict[tuple[str, str, str, str], dict[str, Any]]:
        idents = ("unit", "city", "county", "contact", "phone", "email", "qq")
        return {
            (row.name_key, row.city, row.county, day_text(row.submitted_on) or ""): {
                **{ident: getattr(row, ident) for ident in idents},
                "submitted_on": day_text(row.submitted_on),
            }
            async for row in self._rows(select(application))
        }

    async def _settled(self) -> set[tuple[str, str, str, str]]:
        """Applications whose code was assigned."""
        a = application.c
        assigned = a.state == str(ApplicationState.ASSIGNED)
        query = select(a.name_key, a.city, a.county, a.submitted_on).where(assigned)
        return {(key, city, county, day_text(day) or "") for key, city, county, day in await self._all(query)}

    async def _known_programmes(self) -> dict[tuple[int, str], dict[str, Any]]:
        idents = ("name", "aliases", "rounds", "scored", "pass_score", "plan_url")
        rows = await self._all(select(programme))
        return {(row.year, row.code): {ident: getattr(row, ident) for ident in idents} for row in rows}

    async def _known_rounds(self) -> dict[tuple[int, int, str], dict[str, Any]]:
        query = select(round_, programme.c.code).join(programme, programme.c.id == round_.c.programme_id)
        return {
            (row.year, row.n, row.code): {
                "dispatch_on": day_text(row.dispatch_on),
                "expected_on": day_text(row.expected_on),
                "opens_at": moment_text(row.opens_at),
                "deadline": moment_text(row.deadline),
                "sample_nos": row.sample_nos,
                "scores_due_on": day_text(row.scores_due_on),
                "plan_url": row.plan_url,
            }
            for row in await self._all(query)
        }
