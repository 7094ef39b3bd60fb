"""Who is bound to which lab: one-time codes, claims, and how staff decide."""

import asyncio
import re

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command, overhear
from bot.keys import binding_key
from bot.plugins.access import agreeing as agreeing
from bot.plugins.access import roles as roles
from bot.plugins.access import staff as staff
from core.access import PlaceKind, Principal
from core.access.binding import bind_by_code, unbind
from core.access.claims import claim, not_to_be_claimed
from core.access.codes import CODE_LIKE, code_alone, code_told, digest, digests_in, fold_code
from core.access.issue import burn
from core.access.units import labs_to_leave
from core.errors import DomainError
from core.labs.names import unquoted
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="绑定", description="绑定码、绑定申请、解绑", usage="绑定 绑定码")

EXAMPLE, LEAVE = "绑定 合肥演示医院", "解绑"
_HAN = re.compile(r"[\u3400-\u9fff]")


@command(
    "绑定",
    summary="凭绑定码或单位名称绑定本单位",
    example=EXAMPLE,
    slots=(Slot.UNIT,),
    who=Who.ANYONE,
    where=Where.PRIVATE,
)
async def bind(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not ask.text:
        raise DomainError("ask/missing", slot="绑定码或单位名称", example=EXAMPLE)
    if code := code_told(ask.text):
        return await _try(code, who, ctx)
    if not _HAN.search(ask.text):
        raise DomainError("access/not_a_code")
    phone = ctx.settings.centre_phone
    unit = unquoted(ask.text)
    try:
        made = await ctx.db.write(lambda tx: claim(tx, who, unit, ctx.now, phone))
    except DomainError as refusal:
        if refusal.key != "access/unit_unknown":
            raise
        raise await ctx.db.read(lambda tx: not_to_be_claimed(tx, ctx.roster, unit)) from None
    return Answer("access/claimed", {"unit": made.lab_name, "until": made.expires_at})


@command(
    LEAVE,
    summary="解除与单位的绑定",
    example="解绑",
    slots=(Slot.UNIT,),
    who=Who.BOUND,
    where=Where.PRIVATE,
    suspended=True,
)
async def leave(ask: Ask, who: Principal, ctx: Context) -> Answer:
    labs = await ctx.db.read(lambda tx: labs_to_leave(tx, who, ask.text))

    async def do(tx: Unit) -> None:
        for lab in labs:
            await unbind(tx, who, lab, ctx.now)

    await ctx.db.write(do)
    return Answer("access/unbound", {"units": [lab.name for lab in labs]})


@overhear(CODE_LIKE)
async def hear(ask: Ask, who: Principal, ctx: Context) -> Answer | None:
    """A code by itself binds in private; in a group it is burnt, whoever posted it and however often."""
    if ask.place is PlaceKind.GROUP:
        return await _burn(ask, who, ctx)
    code = fold_code(ask.text) if who.is_staff else code_alone(ask.text)  # staff may write of somebody's
    if code is None:
        return None
    if ask.place is not PlaceKind.PRIVATE:
        raise DomainError("door/not_here", command="绑定")
    return await _try(code, who, ctx)


async def _try(code: str, who: Principal, ctx: Context) -> Answer:
    """One attempt; its failure is written before it is refused."""
    phone = ctx.settings.centre_phone
    kept = digest(binding_key(ctx.settings), code)
    done = await ctx.db.write(lambda tx: bind_by_code(tx, who, kept, ctx.now, ctx.real, phone))
    if isinstance(done, DomainError):
        raise done
    can = [one.name for one in ctx.table.commands if one.who is Who.BOUND and one.name != LEAVE]
    return Answer("access/bound", {"unit": done.lab_name, "new": done.new, "can": [*can, LEAVE]})


async def _burn(ask: Ask, who: Principal, ctx: Context) -> Answer | None:
    """Looked up first, because talk must not wait for a turn at writing."""
    kept = await asyncio.to_thread(digests_in, binding_key(ctx.settings), ask.text)
    found = [one.digest for one in await ctx.db.read(lambda tx: tx.open_codes(kept, ctx.now))] if kept else []
    if not found:
        return None
    burnt = await ctx.db.write(lambda tx: burn(tx, who, found, ctx.now))
    return Answer("access/burnt", {"count": burnt}, recall=True) if burnt else None
