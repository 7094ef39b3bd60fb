"""What people ask of staff (留言, 退回申请, 不能检测), and 回复, by which a 留言 is answered."""

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.plugins.requests import answering
from core.access import Principal
from core.requests.asking import ask_staff
from core.requests.message import EXAMPLE, leave_message
from core.requests.models import RequestKind

__all__ = ["answering"]
__plugin_meta__ = PluginMetadata(name="留言", description="向中心留言、申请退回、说明不能检测", usage=EXAMPLE)


@command(
    "留言",
    "人工",
    "转人工",
    "人工服务",
    "人工客服",
    summary="给中心工作人员留言，答复会回到这里",
    example=EXAMPLE,
    slots=(Slot.TEXT,),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    acts=True,
)
async def message(ask: Ask, who: Principal, ctx: Context) -> Answer:
    phone = ctx.settings.centre_phone
    made = await ctx.db.write(lambda tx: leave_message(tx, who, ask.place, ask.group, ask.written, ctx.now, phone))
    return Answer("requests/left", {"number": made.id, "place": str(ask.place), "phone": phone})


@command(
    "退回申请",
    summary="申请退回已上报的数据，写明项目和原因",
    example="退回申请 糖化 系统故障未保存",
    slots=(Slot.TEXT,),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    acts=True,
)
async def give_back(ask: Ask, who: Principal, ctx: Context) -> Answer:
    return await _ask_staff(RequestKind.RETURN, ask, who, ctx)


@command(
    "不能检测",
    summary="说明某项目这次不能检测，写明项目和原因",
    example="不能检测 糖化 仪器故障",
    slots=(Slot.TEXT,),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    acts=True,
)
async def not_tested(ask: Ask, who: Principal, ctx: Context) -> Answer:
    return await _ask_staff(RequestKind.NOT_TESTED, ask, who, ctx)


async def _ask_staff(kind: RequestKind, ask: Ask, who: Principal, ctx: Context) -> Answer:
    phone = ctx.settings.centre_phone
    found = await ctx.db.write(lambda tx: ask_staff(tx, who, kind, ask.text, ctx.now, phone))
    view = {"found": found, "kind": str(kind), "first": next(iter(found.rounds), None)}
    return Answer("requests/asked", view, private=frozenset({found.lab_id}))
