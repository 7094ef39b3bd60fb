"""The chain without a database: whatever single thing is done to it, it is found."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.audit.chain import GENESIS, Entry, Head, seal
from core.audit.check import Check, Fault, Wrong
from core.audit.noted import Noted
from core.audit.ranges import Erased, to_ranges
from core.audit.subjects import Subject
from core.errors import DomainError

NOW = datetime(2026, 3, 16, 1, tzinfo=UTC)
HASH = "0f1e2d3c4b5a6978" * 4
TEXT = st.text(max_size=8)
MOMENTS = st.datetimes(timezones=st.just(UTC))
PERSON = st.none() | TEXT
DETAILS = st.sampled_from(
    ['{"how":"code"}', '{"how": "claim"}', "null", "[1,2]", '{"a":1.0}', '{"a":1}', '"\\ud800"']
)
ROWS = st.lists(st.builds(Entry, st.just(0), MOMENTS, TEXT, TEXT, DETAILS, PERSON, PERSON), min_size=1, max_size=8)
FIELDS = [one.name for one in fields(Entry)]


def sealed(rows: Sequence[Entry]) -> list[Entry]:
    found, head = [], Head(0, GENESIS, None)
    for row in rows:
        made = seal(row, head)
        found.append(replace(row, seq=made.seq, salt=made.salt, persons=made.persons, hash=made.hash))
        head = Head(made.seq, made.hash, row.at)
    return found


def head_of(rows: Sequence[Entry]) -> Head:
    return Head(rows[-1].seq or 0, rows[-1].hash or "", max(row.at for row in rows if row.at))


def telling(seq: int, detail: str) -> Entry:
    return Entry(seq, NOW, "audit.erase", "audit", detail, "cli:test", None, seq=seq)


def fault(rows: Sequence[Entry], head: Head, erased: Sequence[tuple[int, str]] = ()) -> Fault | None:
    """As the database hands them over: those with a number, in its order."""
    check = Check(head, Erased([telling(*one) for one in erased]))
    check.take(sorted((row for row in rows if row.seq is not None), key=lambda row: row.seq or 0))
    return check.finish()


@given(ROWS)
def test_what_nobody_touched_is_whole(rows: list[Entry]) -> None:
    chain = sealed(rows)
    assert fault(chain, head_of(chain)) is None


def other(name: str) -> st.SearchStrategy[Any]:
    some: dict[str, st.SearchStrategy[Any]] = {
        "at": st.none() | MOMENTS,
        "detail": DETAILS | TEXT,
        "id": st.integers(),
        "seq": st.none() | st.integers(-2, 12),
    }
    return some.get(name, PERSON | st.just(HASH))


@given(ROWS, st.data())
def test_any_changed_value_is_found(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed(rows)
    head, at = head_of(chain), data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(FIELDS))
    new = data.draw(other(name))
    changed = replace(chain[at], **{name: new})
    assume(changed != chain[at])
    assume(name != "seq" or new not in [row.seq for row in chain])  # the database has it once only
    assert fault([*chain[:at], changed, *chain[at + 1 :]], head) is not None


@given(ROWS, st.data())
def test_any_missing_row_is_found(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed(rows)
    at = data.draw(st.integers(0, len(chain) - 1))
    before = chain[at - 1].at if at else None
    assert fault([*chain[:at], *chain[at + 1 :]], head_of(chain)) == Fault(Wrong.MISSING, at + 1, before)


@given(ROWS, st.data())
def test_any_row_put_in_is_found_though_its_own_hash_is_right(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed(rows)
    at = data.draw(st.integers(0, len(chain)))
    forged = sealed([*rows[:at], data.draw(ROWS)[0]])[-1]
    pushed = [replace(row, seq=(row.seq or 0) + 1) for row in chain[at:]]
    assert fault([*chain[:at], forged, *pushed], head_of(chain)) is not None


@given(ROWS, st.data())
def test_any_two_rows_that_changed_places_are_found(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed(rows)
    assume(len(chain) > 1)
    one, two = data.draw(st.lists(st.integers(0, len(chain) - 1), min_size=2, max_size=2, unique=True))
    moved = list(chain)
    moved[one], moved[two] = replace(chain[two], seq=chain[one].seq), replace(chain[one], seq=chain[two].seq)
    assert fault(moved, head_of(chain)) is not None


@given(ROWS, st.data())
def test_any_two_ids_that_changed_places_are_found(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed([replace(row, id=number) for number, row in enumerate(rows)])
    assume(len(chain) > 1)
    one, two = data.draw(st.lists(st.integers(0, len(chain) - 1), min_size=2, max_size=2, unique=True))
    moved = list(chain)
    moved[one], moved[two] = replace(chain[one], id=two), replace(chain[two], id=one)
    assert fault(moved, head_of(chain)) is not None


def test_time_that_runs_backwards_is_a_remark_naming_the_first_row() -> None:
    def row(minute: int) -> Entry:
        return Entry(0, NOW + timedelta(minutes=minute), "access.bind", "lab:1", "{}", None, None)

    chain = sealed([row(0), row(90), row(30), row(29), row(0)])
    check = Check(head_of(chain), Erased([]))
    check.take(chain)
    assert check.finish() is None
    assert check.backwards == Head(4, chain[3].hash or "", NOW + timedelta(minutes=29))


@given(ROWS, st.data())
def test_any_other_head_is_found(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed(rows)
    head = head_of(chain)
    new = data.draw(st.builds(Head, st.integers(-1, 12) | st.just(head.seq), TEXT | st.just(head.hash), MOMENTS))
    assume(new != head)
    assert fault(chain, new) is not None


@given(ROWS, st.data())
def test_only_an_erasure_that_was_told_of_is_none(rows: list[Entry], data: st.DataObject) -> None:
    chain = sealed(rows)
    at = data.draw(st.integers(0, len(chain) - 1))
    assume(chain[at].persons is not None)
    gone = [*chain[:at], replace(chain[at], actor=None, account=None, salt=None), *chain[at + 1 :]]
    head = head_of(chain)
    assert fault(gone, head) == Fault(Wrong.PERSONS, at + 1, chain[at].at)
    assert fault(gone, head, [(at + 2, f'{{"rows": "{at + 1}"}}')]) is None
    assert fault(gone, head, [(at + 1, f'{{"rows": "{at + 1}"}}')]) is not None  # told before it happened
    assert fault(chain, head, [(at + 2, f'{{"rows": "{at + 1}"}}')]) is not None  # told, but not done


@given(st.sets(st.integers(1, 10**9)))
def test_ranges_are_read_back(seqs: set[int]) -> None:
    erased = Erased([telling(10**12, f'{{"rows": "{to_ranges(sorted(seqs))}"}}')])
    assert all(seq in erased for seq in seqs)
    assert not any(seq in erased for edge in seqs for seq in (edge - 1, edge + 1) if seq not in seqs)


@given(TEXT | st.sampled_from(["{", "[]", '{"rows": 7}', '{"rows": "1-"}', '{"rows": "a,2-x"}']))
def test_an_erasure_in_another_form_covers_nothing(detail: str) -> None:
    erased = Erased([telling(100, detail)])
    assert not any(seq in erased for seq in range(100))


def test_ranges_are_short() -> None:
    assert to_ranges([12, 13, 14, 15, 90]) == "12-15,90"
    assert to_ranges([]) == ""


def test_the_same_persons_leave_no_equal_trace() -> None:
    """Else rows of one account could be told from others after its erasure."""
    row = Entry(0, NOW, "access.bind", "lab:1", "{}", "qq:300400001", None)
    one, two = (seal(row, Head(0, GENESIS, None)) for _ in range(2))
    assert one.persons != two.persons


@pytest.mark.parametrize(
    "text", ["123:0f1e-2d3c-4b5a-6978", f"123:{HASH}", " 123：0F1E2D3C4B5A6978 ", "123: 0f1e 2d3c 4b5a 6978"]
)
def test_a_noted_head(text: str) -> None:
    noted = Noted.parse(text)
    assert (noted.seq, noted.fits(HASH), noted.fits("1" * 64)) == (123, True, False)
    assert Head(123, HASH, NOW).short == "123:0f1e-2d3c-4b5a-6978"


@pytest.mark.parametrize(
    "text", ["", "123", "123:0f1e", f"123:{HASH}0", "x:0f1e2d3c4b5a6978", "0:0f1e2d3c4b5a6978"]
)
def test_what_is_no_head(text: str) -> None:
    with pytest.raises(DomainError, match="audit/noted"):
        Noted.parse(text)


def test_what_a_row_is_about() -> None:
    assert Subject.parse("lab:12").lab == 12
    assert Subject.parse("lab:x").lab is None
    assert Subject.parse("request:12").lab is None
    assert Subject.parse("activity:2026:1").parts == ["2026", "1"]
    assert Subject.parse("pushes") == Subject("pushes", "")
