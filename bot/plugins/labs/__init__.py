"""Before a lab has its code: 查重, 申请状态, and 分配 for staff."""

import re
from collections.abc import Sequence

from nonebot.plugin import PluginMetadata

from bot.answers import Answer, Proposal
from bot.choices import MOST
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.errors import DomainError
from core.labs.asking import unit_of, units_in
from core.labs.duplicate import check_duplicates
from core.labs.record import card, record
from core.labs.status import application_status
from core.labs.use import assign, propose_assignment
from core.labs.waiting import Patience
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="单位", description="新参控单位申请与实验室编码", usage="申请状态 单位名")


@command(
    "查重",
    summary="单位是否已申请过",
    example="查重 合肥演示医院",
    needs=(Slot.UNIT,),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    personal=False,
)
async def duplicate(ask: Ask, _who: Principal, ctx: Context) -> Answer:
    unit = unit_of(ask.text)
    each = await ctx.db.read(lambda tx: check_duplicates(tx, ctx.roster, unit))
    if len(each) > 1:
        left = len(units_in(unit)) > len(each)
        view = {"found": each, "left": left, "ask": ask, "settings": ctx.settings}
        return Answer("labs/duplicates", view, choices=_each("查重", [one.unit for one in each]))
    [found] = each
    options = found.near.names or (found.names if len(found.names) > 1 else ())
    view = {"found": found, "options": options[:MOST], "ask": ask, "settings": ctx.settings}
    return Answer("labs/duplicate", view, choices=_each("查重", options))


@command(
    "申请状态",
    "账号查询",
    summary="实验室编码分配了没有",
    example="申请状态 合肥演示医院",
    slots=(Slot.UNIT,),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
)
async def status(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not ask.text and not ask.private:
        raise DomainError("ask/missing", slot=Slot.UNIT.value, example="申请状态 合肥演示医院")
    unit, patience = unit_of(ask.text), Patience(ctx.rules.days, ctx.rules.pending_days)
    found = await ctx.db.read(
        lambda tx: application_status(tx, ctx.roster, who, unit, ask.private, patience, ctx.now)
    )
    view = {"found": found, "options": found.near.names, "ask": ask, "settings": ctx.settings}
    return Answer("labs/status", view, codes=found.labs, choices=_each("申请状态", found.near.names))


def _each(word: str, names: Sequence[str]) -> tuple[str, ...]:
    """The same question of each name, for numbers to pick."""
    return tuple(f"{word} {name}" for name in names[:MOST])


@command(
    "分配",
    summary="给申请单位分配实验室编码",
    example="分配 申请12 340001",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def give_code(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    if len(ask.words) < 2:
        raise DomainError("ask/missing", slot="单位或申请号、编码", example="分配 申请12 340001")
    pattern = ctx.settings.lab_code_pattern
    *target, code = sorted(ask.words, key=lambda word: bool(re.fullmatch(pattern, word)))  # in either order
    found = await ctx.db.read(lambda tx: propose_assignment(tx, "".join(target), code, pattern))
    view = {"found": found, "code": code if ask.private else ""}
    digest = (found.application.id, code, found.existing, found.joins)

    async def do(tx: Unit) -> Answer:
        again = await propose_assignment(tx, str(found.application.id), code, pattern)
        await assign(tx, who, again, ctx.now)
        return Answer("labs/assigned", {"unit": again.application.unit, "at": ctx.announced_at})

    return Proposal(Answer("labs/assign", view), digest, do)


@command(
    "单位",
    summary="一个单位的全部记录",
    example="单位 合肥演示医院",
    needs=(Slot.TEXT,),
    who=Who.VIEWER,
    where=Where.OFFICE,
)
async def show(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not ask.private:
        return Answer("labs/card", {"found": await ctx.db.write(lambda tx: card(tx, who, ask.text, ctx.now))})
    found = await ctx.db.write(lambda tx: record(tx, who, ask.text, ctx.now))
    mine = frozenset({found.lab.id})
    return Answer("labs/record", {"found": found}, private=mine, codes=mine)
