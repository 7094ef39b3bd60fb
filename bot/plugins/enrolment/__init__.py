"""The lab's own year: 我的, 报名; and the yearly window, opened by staff."""

from nonebot.plugin import PluginMetadata

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.plugins.enrolment import spoken
from core.access import Principal
from core.activities.own_use import my_labs
from core.enrolment import use
from core.enrolment.extend import Extension, extend, propose_extension
from core.enrolment.models import Campaign
from core.errors import DomainError
from core.pushes.models import Kind
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="报名", description="我的单位、质评申请", usage="报名 2026")


@command(
    "我的",
    "我的单位",
    "我的编码",
    summary="本单位编码和待办",
    example="我的",
    slots=(Slot.LAB,),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    spoken=spoken.CODE,
    along=spoken.WITH_CODE,
)
async def mine(_ask: Ask, who: Principal, ctx: Context) -> Answer:
    async def work(tx: Unit) -> dict[str, object]:
        found = await my_labs(tx, who, ctx.now)
        empty = not any(one.open.known or one.open.unsure for one in found)
        return {"found": found, "scheduled": not empty or await tx.any_rounds()}

    return Answer("enrolment/mine", await ctx.db.write(work), private=who.labs, codes=who.labs)


@command(
    "报名",
    "质评申请",
    summary="本单位申请了哪些项目",
    example="报名 2026",
    slots=(Slot.YEAR, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    spoken=spoken.ENROLLED,
    along=spoken.WITH_ENROLLED,
)
async def enrolments(ask: Ask, who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.write(lambda tx: use.enrolments(tx, who, ask.year, ctx.now))
    return Answer("enrolment/own", {"found": found, "settings": ctx.settings}, private=who.labs)


@command(
    "开放申请",
    summary="公告年度质评申请时间",
    example="开放申请 2027 10月25日 11月25日",
    needs=(Slot.YEAR,),
    slots=(Slot.WORDS,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def open_campaign(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year, settings = ask.year or 0, ctx.settings
    words = {"centre": settings.centre_name, "portal": settings.portal_url, "phone": settings.centre_phone}

    async def proposed(tx: Unit) -> tuple[Campaign, int]:
        return await use.propose_campaign(tx, year, ask.words, ctx.now), await tx.count_targets("campaign.opened")

    new, groups = await ctx.db.read(proposed)

    async def do(tx: Unit) -> Answer:
        again, _ = await proposed(tx)
        await use.open_campaign(tx, who, again, words, ctx.now)
        return Answer("enrolment/opened", {"new": again, "groups": groups, "at": ctx.announced_at})

    view = {"campaign": new, "groups": groups, **words}
    return Proposal(Answer("enrolment/open", view), (new, groups), do)


@command(
    "延期申请",
    summary="延长年度质评申请时间",
    example="延期申请 2027 12月5日",
    needs=(Slot.YEAR,),
    slots=(Slot.WORDS,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def extend_campaign(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year = ask.year or 0

    async def proposed(tx: Unit) -> tuple[Extension, int]:
        found = await propose_extension(tx, year, ask.words, ctx.now)
        return found, await tx.count_targets(Kind.EXTENDED)

    found, groups = await ctx.db.read(proposed)

    async def do(tx: Unit) -> Answer:
        again, _ = await proposed(tx)
        if again != found:
            raise DomainError("door/changed")
        await extend(tx, who, again, ctx.now)
        return Answer("enrolment/extended", {"found": again, "groups": groups, "at": ctx.announced_at})

    return Proposal(Answer("enrolment/extend", {"found": found, "groups": groups}), (found, groups), do)
