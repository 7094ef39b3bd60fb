"""For any sheets: a second import changes nothing, and what the judges foresaw is what stands."""

from collections.abc import Callable, Hashable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.words import name_key
from core.workbooks.judged import Known
from core.workbooks.tables import Scope, Table
from core.workbooks.use import judge
from tests.cast import bring, known_to, table
from tests.db.stores import Stores

CODES = ["0340001", "0340002", "0340003", "a0001"]
UNITS = ["甲市第一医院", "甲市第1医院", "安徽省甲市第一医院", "乙县中医院", "乙县 中医院", "丙区卫生院"]
PLACES = [None, "甲市", "乙市"]
PROGRAMMES = ["A01", "A02", "A03"]
NAMES = ["凝血试验", "凝血", "糖化", "Ⅱ型", "2型", "a01"]
DAYS = [None, "2026-03-10", "2026-03-11"]
MOMENTS = ["2026-03-20T00:00:00Z", "2026-03-27T09:00:00Z", "2026-03-27T15:59:59Z"]

pick = st.sampled_from
some_names = st.lists(pick([*UNITS, *NAMES]), max_size=3, unique=True)
Cell = Callable[[str], Any]


@st.composite
def sheets(draw: st.DrawFn, kind: str, columns: dict[str, Any], key: Callable[[Cell], Hashable]) -> Table:
    """As the reader hands it on: no two rows of one key as far as it can tell. Columns with ? may be missing."""
    wanted = [name for name in columns if not name.endswith("?") or draw(st.booleans())]
    idents = [name.rstrip("?") for name in wanted]
    row = st.tuples(*(columns[name] for name in wanted)).map(list)
    rows = draw(st.lists(row, max_size=5, unique_by=lambda r: key(dict(zip(idents, r, strict=True)).get)))
    return table(kind, " ".join(idents), *rows)


labs = sheets(
    "labs",
    {
        "code": pick(CODES),
        "name": pick(UNITS),
        "aliases?": some_names,
        "former_names?": some_names,
        "city?": pick(PLACES),
        "stopped?": st.booleans(),
    },
    key=lambda cell: cell("code"),
)
applications = sheets(
    "applications",
    {"unit": pick(UNITS), "city?": pick(PLACES), "qq?": pick([None, "10001"]), "submitted_on?": pick(DAYS)},
    key=lambda cell: (name_key(cell("unit")), cell("city"), cell("submitted_on")),
)
programmes = sheets(
    "programmes",
    {
        "year": pick([2025, 2026]),
        "code": pick(PROGRAMMES),
        "name": pick(NAMES),
        "aliases?": some_names,
        "rounds?": pick([None, 1, 2]),
        "scored?": pick([None, True, False]),
        "pass_score?": pick([None, 80.0, 66.7]),
    },
    key=lambda cell: (cell("year"), cell("code")),
)
rounds = sheets(
    "rounds",
    {
        "year": pick([2025, 2026]),
        "n": pick([1, 2]),
        "programme": pick([*PROGRAMMES, *NAMES]),
        "deadline": pick(MOMENTS),
        "opens_at?": pick([None, *MOMENTS]),
        "dispatch_on?": pick(DAYS),
        "sample_nos?": pick([None, "1-5"]),
    },
    key=lambda cell: (cell("year"), cell("n"), name_key(cell("programme"))),
)
submissions = sheets(
    "submissions",
    {
        "year": pick([2026]),
        "n": pick([1, 2]),
        "programme": pick([*PROGRAMMES, *NAMES]),
        "lab_code": pick(CODES),
        "reported": st.booleans(),
        "reported_at?": pick([None, *MOMENTS]),
    },
    key=lambda cell: (cell("n"), name_key(cell("programme")), cell("lab_code")),
)

some_name = pick([*PROGRAMMES, *NAMES])


def listed(cell: Cell) -> Hashable:
    return cell("n"), name_key(cell("programme")), name_key(cell("analyte") or ""), cell("lab_code")


enrolments = sheets(
    "enrolments",
    {
        "year": pick([2025, 2026]),
        "lab_code": pick(CODES),
        "programme": some_name,
        "state": pick(["applied", "not_applied", "suspended"]),
    },
    key=lambda cell: (cell("year"), listed(cell)),
)
receipts = sheets(
    "receipts",
    {
        "year": pick([2026]),
        "n": pick([1, 2]),
        "programme": some_name,
        "lab_code": pick(CODES),
        "received_at": pick([None, *MOMENTS]),
    },
    key=listed,
)
scores = sheets(
    "scores",
    {
        "year": pick([2026]),
        "n": pick([1, 2]),
        "programme": some_name,
        "analyte?": pick([None, "APTT", "aptt", "PT"]),
        "lab_code": pick(CODES),
        "acceptable?": pick([None, 0, 4]),
        "total?": pick([None, 4, 5]),
        "pt": pick([None, 0.0, 66.666667, 80.0, "not_scored", "not_applicable"]),
        "verdict?": pick([None, "satisfactory", "unsatisfactory", "not_scored"]),
        "remark?": pick([None, "复核"]),
    },
    key=listed,
)
certificates = sheets(
    "certificates",
    {
        "year": pick([2025, 2026]),
        "lab_code": pick(CODES),
        "programme": some_name,
        "number": pick([None, "0012", "0013"]),
        "state?": pick([None, "issued", "not_issued"]),
    },
    key=lambda cell: (cell("year"), listed(cell)),
)
members = sheets(
    "members",
    {
        "group": pick(["700100200", "700100201"]),
        "account": pick(["10001", "10002", "10003"]),
        "card": pick(["", "-", "甲医院 张三"]),
        "nickname?": pick(["", "小张"]),
        "role?": pick(["owner", "member"]),
        "joined_at?": pick([None, *MOMENTS]),
    },
    key=lambda cell: (cell("group"), cell("account")),
)
calls = st.tuples(
    labs,
    applications,
    programmes,
    rounds,
    enrolments,
    submissions,
    receipts,
    scores,
    certificates,
    members,
)
scopes: st.SearchStrategy[Scope] = st.sampled_from(["full", "partial"])
light = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def foreseen(known: Known) -> list[dict[Any, dict[str, Any]]]:
    return [known.labs, known.applications, known.programmes, known.rounds]


@light
@given(before=calls, call=calls, scope=scopes)
async def test_a_second_import_changes_nothing(
    stores: Stores, before: tuple[Table, ...], call: tuple[Table, ...], scope: Scope
) -> None:
    async with stores.fresh("sqlite") as db:
        await bring(db, *before)
        first = await bring(db, *call, scope=scope)
        stood = await known_to(db, call)
        second = await bring(db, *call, scope=scope)
        assert [(new, changed) for new, changed, _, _ in second.counts] == [(0, 0)] * len(call)
        assert [one.refused for one in second.judged] == [one.refused for one in first.judged]
        assert await known_to(db, call) == stood


@light
@given(before=calls, call=calls)
async def test_what_was_foreseen_is_what_stands(
    stores: Stores, before: tuple[Table, ...], call: tuple[Table, ...]
) -> None:
    async with stores.fresh("sqlite") as db:
        await bring(db, *before)
        known = await known_to(db, call)
        judge(call, known, None)
        await bring(db, *call)
        for expected, standing in zip(foreseen(known), foreseen(await known_to(db, call)), strict=True):
            assert expected.keys() == standing.keys()
            for key, values in expected.items():
                assert {name: standing[key][name] for name in values} == values
