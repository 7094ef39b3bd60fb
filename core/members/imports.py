"""Judging the workbook `members`: a sheet says who is in a group, so whoever it leaves out has left."""

from collections.abc import Sequence

from core.workbooks.cells import as_written
from core.workbooks.judged import Change, Judged, Known, Values, refuse, rows_as_values
from core.workbooks.tables import Table

_COLUMNS = ("card", "nickname", "role", "joined_at")


def judge_members(table: Table, known: Known) -> Judged:
    """`Known.facts` holds group → account → (card, nickname, role, joined at). `settle_members` has to
    follow."""
    judged = Judged(table, refused=list(table.refused))
    listed = known.listed.setdefault(table.kind, {})
    for number, row in rows_as_values(table):
        group, account = row.pop("group"), row.pop("account")
        if account in listed.setdefault(group, set()):
            refuse(judged, number, "账号", account, "与前面的行重复", "请删去多余的行")
            continue
        listed[group].add(account)
        old = _old(known, table.kind, group, account)
        values = _values(row, old)
        if old == values:
            judged.unchanged += 1
        else:
            (judged.changed if old else judged.new).append(Change((group, account), values, old))
        judged.members.setdefault(group, []).append({**values, "account": account})
    return judged


def _old(known: Known, kind: str, group: str, account: str) -> Values | None:
    stood = known.facts.get(kind, {}).get(group, {}).get(account)
    return _stood(stood) if stood else None


def _values(row: Values, old: Values | None) -> Values:
    """All of a member; what the sheet can't say stays as it was read: a column it lacks, and characters
    that no cell can hold."""
    values: Values = {"card": "", "nickname": "", "role": "member", "joined_at": None} | (old or {})
    for name, value in row.items():
        if name not in ("card", "nickname") or as_written(values[name]) != value:
            values[name] = value
    return values


def settle_members(judged: Sequence[Judged], known: Known) -> None:
    """Once all sheets were judged, for a group may be spread over several. A refused row may be the very
    member that seems to have left, so then everybody stays."""
    sheets = [one for one in judged if one.table.kind == "members"]
    refused = any(one.refused for one in sheets)
    last = {group: one for one in sheets for group in one.members}
    for group, bearer in last.items():
        here = [member for one in sheets for member in one.members.pop(group, [])]
        standing = known.facts.get("members", {}).get(group, {})
        absent = [account for account in standing if account not in known.listed["members"][group]]
        if refused:
            here += [{**_stood(standing[account]), "account": account} for account in absent]
        else:
            bearer.dropped += len(absent)
        bearer.members[group] = here


def _stood(fact: tuple[object, ...]) -> Values:
    return dict(zip(_COLUMNS, fact, strict=True))
