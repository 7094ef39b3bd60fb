"""A roster of invented laboratories, as alike as real ones are: towns, kinds of houses, short and former names."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table, text

from core.labs.names import unit_key
from db.imports import import_batch
from db.labs import application, lab, lab_name
from db.unit import Database
from tests.cast import at

AT = at("2026-03-16 09:00")
WAITING = 200  # applications
AT_ONCE = 5_000
CITIES = (
    "合肥",
    "芜湖",
    "蚌埠",
    "淮南",
    "马鞍山",
    "淮北",
    "铜陵",
    "安庆",
    "黄山",
    "滁州",
    "阜阳",
    "六安",
    "亳州",
    "宣城",
)
KINDS = ("镇卫生院", "社区卫生服务中心", "医院", "人民医院", "中医院", "妇幼保健院", "门诊部", "疾病预防控制中心")
_SYLLABLES = (
    "晴川云栖青禾听涛望岳长风映雪明湖白鹭清泉松竹林梅岭荷塘桃源柳溪枫桥杏兰亭菊园仁爱康宁和平安顺福寿庆丰吉祥"
)


def names(count: int) -> list[str]:
    """So many official names, all different, always the same ones."""
    chance, found = random.Random(6), dict[str, None]()
    while len(found) < count:
        county = "".join(chance.choices(_SYLLABLES, k=2)) + chance.choice("县区")
        place = "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 2, 3, 4))))
        found[f"{chance.choice(CITIES)}市{county}{place}{chance.choice(KINDS)}"] = None
    return list(found)


async def build(db: Database, labs: list[str]) -> None:
    """Each second lab has a short name, each fourth a former one."""
    for table, rows in (
        (lab, _labs(labs)),
        (lab_name, _others(labs)),
        (application, _applications()),
        (import_batch, _batches()),
    ):
        await _write(db, table, rows)
    await db.write(lambda tx: tx._run(text("ANALYZE")))


async def _write(db: Database, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, AT_ONCE)):
        await db.write(lambda tx, some=some: tx._run(table.insert(), some))  # type: ignore[misc]


def _labs(labs: list[str]) -> Iterator[dict[str, Any]]:
    for i, name in enumerate(labs, 1):
        yield {"id": i, "code": f"{3400000 + i}", "name": name, "name_key": unit_key(name), "updated_at": AT}


def _others(labs: list[str]) -> Iterator[dict[str, Any]]:
    for i, name in enumerate(labs, 1):
        if i % 2:
            yield _other(i, name.partition("市")[2], former=False)
        if i % 4 == 0:
            yield _other(i, f"{name[:-3]}联合{name[-2:]}", former=True)


def _other(lab_id: int, name: str, *, former: bool) -> dict[str, Any]:
    return {"lab_id": lab_id, "name": name, "name_key": unit_key(name), "former": former}


def _batches() -> Iterator[dict[str, Any]]:
    counts = {"new": 0, "changed": 0, "unchanged": 0, "refused": 0}
    return ({"kind": kind, "source": "", "scope": "", "at": AT, **counts} for kind in ("labs", "applications"))


def _applications() -> Iterator[dict[str, Any]]:
    for i in range(WAITING):
        unit = f"宣城市待分配{i:03d}医院"
        day = AT.date()
        yield {
            "unit": unit,
            "name_key": unit_key(unit),
            "submitted_on": day,
            "state": "submitted",
            "state_at": AT,
        }
