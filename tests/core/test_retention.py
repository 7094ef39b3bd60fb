"""Every column that can hold a person's data or somebody's words is listed, with what becomes of it."""

import json
from collections import Counter
from datetime import timedelta

from sqlalchemy import JSON, String

from core.retention.forget import wordless
from core.retention.night import night_of
from core.retention.table import HARMLESS, KEPT, Fate
from db.tables import metadata
from tests.cast import at

TEXTS = {
    f"{table.name}.{column.name}"
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, (String, JSON))
}
LISTED = [one.column for one in KEPT] + [
    f"{table}.{column}" for table, columns in HARMLESS.items() for column in columns.split()
]


def test_no_column_of_text_is_forgotten() -> None:
    """A new one has to be listed in core/retention/table.py: what becomes of it, or that it is harmless."""
    assert TEXTS - set(LISTED) == set()


def test_nothing_is_listed_twice_or_in_vain() -> None:
    assert set(LISTED) - TEXTS == set()
    assert [column for column, times in Counter(LISTED).items() if times > 1] == []


def test_what_goes_with_a_row_goes_in_one_table_as_a_whole() -> None:
    """Either the row of a person goes, or what stands in it is replaced."""
    gone = {one.column.split(".")[0] for one in KEPT if one.person is Fate.ROW}
    assert {one.person for one in KEPT if one.column.split(".")[0] in gone} == {Fate.ROW}


def test_a_push_without_words_still_tells_what_it_was() -> None:
    facts = {"kind": "binding", "number": 3, "unit": "合肥演示晴川医院", "approved": True, "words": "请来电"}
    assert wordless(facts) == {**facts, "words": ""}
    assert json.dumps(wordless({"text": "停电", "at_all": True})) == '{"text": "", "at_all": true}'


def test_a_night_begins_at_three_in_shanghai() -> None:
    three = at("2026-03-16 03:00")
    assert [str(night_of(three + timedelta(seconds=s))) for s in (-1, 0, 86_399)] == [
        "2026-03-15",
        "2026-03-16",
        "2026-03-16",
    ]
