"""Certificates: what a lab asks in private, and their release by staff."""

from nonebot.plugin import PluginMetadata

from bot.answers import Answer, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from core.access import Principal
from core.certificates.use import my_certificates, propose_release, release
from core.pushes.models import Kind
from db.unit import Unit

__plugin_meta__ = PluginMetadata(name="证书", description="室间质评证书的查询与公布", usage="证书 2026")


@command(
    "证书",
    summary="本单位的室间质评证书",
    example="证书 2026",
    slots=(Slot.YEAR, Slot.WORDS, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    spoken=("合格证书", "质评证书", "室间质评证书", "合格证", "证书情况", "证书编号"),
    along=("编号", "号码", "情况", "几张", "多少", "有没有", "哪些", "有哪些", "全部", "所有", "明细"),
)
async def certificates(ask: Ask, who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.write(lambda tx: my_certificates(tx, who, ask.year, ask.words, ctx.now))
    view = {"found": found, "phone": ctx.settings.centre_phone}
    return Answer("certificates/mine", view, private=who.labs)


@command(
    "公布证书",
    summary="公布已导入的证书",
    example="公布证书 2026",
    needs=(Slot.YEAR,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def publish(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    year = ask.year or 0
    found = await ctx.db.read(lambda tx: propose_release(tx, year, ctx.now))
    groups = await ctx.db.read(lambda tx: tx.count_targets(Kind.CERTIFICATES))

    async def do(tx: Unit) -> Answer:
        await release(tx, who, found, ctx.now)
        return Answer("certificates/released", {"found": found, "at": ctx.announced_at})

    return Proposal(Answer("certificates/release", {"found": found, "groups": groups}), found, do)
