"""An import takes care of what others do meanwhile, and of what it does not know."""

from bot.files.importing import preview, publish
from db.unit import Database
from tests.cast import CODES, LABS, MORNING, OPERATOR, PROGRAMMES, ROUNDS, bring, refusal, reports, table


async def test_what_another_import_changed_since_the_preview_is_not_overwritten(db: Database) -> None:
    seen = await preview(db, [LABS])
    await bring(db, LABS)
    refused = await refusal(publish(db, OPERATOR, seen, MORNING))
    assert refused.key == "workbook/meanwhile"


async def test_labs_that_have_applied_and_are_on_no_list_are_unknown(db: Database) -> None:
    applied = [[2026, code, "A01", "applied"] for code in CODES]
    enrolments = table("enrolments", "year lab_code programme state", *applied)
    await bring(db, LABS, PROGRAMMES, ROUNDS, enrolments, scope="full")
    await bring(db, reports("0340101 0340102"), scope="full")
    [view] = [v for v in await db.read(lambda tx: tx.rounds(2026, 1)) if v.round.programme.code == "A01"]
    assert (view.tally.reported, view.tally.unreported, view.tally.unknown) == (2, 0, 2)
    assert not view.tally.finished
