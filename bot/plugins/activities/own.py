"""上报, 已报 and 签收: what a lab's own people ask and say of their rounds, in private only."""

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.plugins.activities.spoken import DONE, SIGNED, WHETHER, WITH_REPORTS
from core.access import Principal
from core.activities.own_use import status
from core.activities.own_word import say_reported
from core.activities.problems import (
    is_problem,
    is_question,
    is_subject,
    makes_exception,
    problem_of,
    signed_words,
)
from core.activities.receipts import receipts, report_problem, sign
from core.activities.use import ALL
from core.errors import DomainError
from core.words.loose import ASKING

_UNKNOWN = ("activities/programme_unknown", "activities/none_noted")


@command(
    "上报",
    "上报状态",
    "上报情况",
    summary="本单位各项目的上报情况",
    example="上报 2026 第1次",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    spoken=WHETHER,
    along=WITH_REPORTS,
)
async def reported(ask: Ask, who: Principal, ctx: Context) -> Answer:
    return await _status(ask, who, ctx)


async def _status(ask: Ask, who: Principal, ctx: Context) -> Answer:
    found = await ctx.db.write(lambda tx: status(tx, who, ask.year, ask.n, ctx.now, ask.words))
    named = {"year": ask.year, "n": ask.n, "named": bool(ask.words)}
    view = {"found": found, "now": ctx.now, "settings": ctx.settings, **named}
    return Answer("activities/own_status", view, private=who.labs)


@command(
    "已报",
    summary="告诉我已上报，不再私聊提醒",
    example="已报 糖化",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    spoken=DONE,
    takes=(ALL,),
    acts=True,
)
async def said_reported(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if ASKING.search(ask.written):
        return await _status(ask, who, ctx)
    said = await ctx.db.write(lambda tx: say_reported(tx, who, ask.words, ctx.now, ask.year, ask.n))
    return Answer("activities/said_reported", {"said": said}, private=frozenset({said.lab_id}))


@command(
    "签收",
    summary="质控品签收，或反映异常",
    example="签收 全部",
    slots=(Slot.YEAR, Slot.NUMBER, Slot.WORDS, Slot.LAB),
    who=Who.BOUND,
    where=Where.PRIVATE,
    talk=True,
    spoken=SIGNED,
    along=("情况", "状态"),
    acts=True,
)
async def received(ask: Ask, who: Principal, ctx: Context) -> Answer:
    words = signed_words(ask.words)
    if not words or (is_question(ask.written) and not is_problem(ask.text)):
        found = await ctx.db.write(lambda tx: receipts(tx, who, ctx.now, ask.year, ask.n))
        return Answer("activities/receipts", {"found": found, "settings": ctx.settings}, private=who.labs)
    if is_problem(ask.text):
        return await _problem(problem_of(ask.text), who, ctx)
    if makes_exception(ask.text):
        raise DomainError("activities/sign_except")
    try:
        said = await ctx.db.write(lambda tx: sign(tx, who, words, ctx.now, ask.year, ask.n))
    except DomainError as refusal:
        if refusal.key not in _UNKNOWN or is_subject(ask.text):
            raise
        raise DomainError("activities/sign_unknown", **refusal.params) from None
    return Answer("activities/signed", {"said": said}, private=frozenset({said.lab_id}))


async def _problem(text: str, who: Principal, ctx: Context) -> Answer:
    if not text:
        raise DomainError("ask/missing", slot="说明", example="签收 异常 凝血破损1支")
    found = await ctx.db.write(lambda tx: report_problem(tx, who, text, ctx.now))
    view = {"found": found, "settings": ctx.settings}
    return Answer("activities/receipt_problem", view, private=frozenset({found.lab_id}))
