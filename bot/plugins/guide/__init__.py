"""The centre's own guide: part by part, topic by topic, and in answer to questions in plain words."""

from nonebot.plugin import PluginMetadata

from bot.answers import Answer
from bot.commands import Ask, Context, Slot, Where, Who, command, question
from bot.guide import guide, ready
from bot.guide.answers import choice_of, view_of
from bot.offering import offered_problem
from core.access import Principal
from core.errors import DomainError, Several
from core.guide import Topic
from core.guide.facts import fact_of, has_facts
from core.guide.own_facts import has_own_facts, own_fact_of
from core.words import name_key
from core.words.near import near

__plugin_meta__ = PluginMetadata(name="指南", description="参控流程，回答提问", usage="流程 申请")

PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("apply", "新参控单位申请", ("申请", "参控", "登记", "加群", "新单位", "1", "第一部分")),
    ("enrol", "质评申请", ("报名", "年度申请", "质评", "登录", "2", "第二部分")),
    ("report", "质评数据上报", ("上报", "试验上报", "签收", "3", "第三部分")),
    ("score", "成绩与证书", ("成绩", "证书", "4", "第四部分")),
)


@command(
    "流程",
    summary="参控流程",
    example="流程 上报",
    slots=(Slot.TEXT,),
    who=Who.ANYONE,
    where=Where.ANYWHERE,
    personal=False,
)
async def parts(ask: Ask, who: Principal, ctx: Context) -> Answer:
    if not ask.text:
        return Answer("guide/index", {"parts": PARTS})
    wanted = name_key(ask.text)
    for name, title, words in PARTS:
        if wanted in {name_key(word) for word in (title, *words)}:
            return Answer(f"guide/{name}", {"settings": ctx.settings, "title": title})
    if (answer := await _answer(ask, who, ctx)) is None:
        raise _no_such_part(ask.text)
    return answer


def _no_such_part(text: str) -> DomainError:
    titles = [title for _, title, _ in PARTS]
    known = [(topic.title, topic.title) for topic in guide().topics.values() if topic.is_covered]
    if nearest := near(text, [*known, *((title, title) for title in titles)]):
        return Several("guide/near", text, nearest)
    return DomainError("guide/unknown", word=text, parts=titles)


@question
async def plain_question(ask: Ask, who: Principal, ctx: Context) -> Answer | None:
    return await offered_problem(ask, who, ctx) or await _answer(ask, who, ctx)


async def _answer(ask: Ask, who: Principal, ctx: Context) -> Answer | None:
    """The topic, two to choose from, or None where the guide knows nothing of it."""
    guess = (await ready()).ask(ask.text)
    if guess.topic is not None:
        return await _told(guess.topic, guess.second, ask, who, ctx)
    if guess.alternatives:
        commands = tuple(f"流程 {topic.title}" for topic in guess.alternatives)
        return Answer("guide/choice", choice_of(guess, ctx.settings, group=not ask.private), choices=commands)
    return None


async def _told(topic: Topic, second: Topic | None, ask: Ask, who: Principal, ctx: Context) -> Answer:
    """With what is known now; of the asker's own labs only in private (domain §7)."""
    if ask.private and has_own_facts(topic.name, who):
        ask_db = ctx.db.write if who.labs else ctx.db.read  # only what is read of a lab is noted
        own = await ask_db(lambda tx: own_fact_of(tx, topic.name, who, ctx.now))
        view = view_of(topic, ctx.settings, (own,) if own else (), second)
        return Answer("guide/answer", view, private=who.labs, codes=who.applied)
    if has_facts(topic.name):
        fact = await ctx.db.read(lambda tx: fact_of(tx, topic.name, ask.text, ctx.now))
        return Answer("guide/answer", view_of(topic, ctx.settings, (fact,) if fact else (), second))
    return Answer("guide/answer", view_of(topic, ctx.settings, (), second))
