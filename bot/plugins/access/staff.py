"""绑定码, 解除绑定, 批准, 拒绝: what staff give out, take back and decide."""

import asyncio
import re

from bot.answers import Answer, Attachment, Proposal
from bot.commands import Ask, Context, Slot, Where, Who, command
from bot.files.slips import NAME, slips_workbook
from bot.keys import binding_key
from core.access import Principal
from core.access.binding import Binding
from core.access.codes import codes_in, digests_in
from core.access.issue import issue
from core.access.unbinding import account_meant, release, unit_and_account
from core.access.units import lab_meant
from core.activities.use import ALL
from core.errors import DomainError
from core.labs.models import Lab
from core.requests.answering import check_words, request_told_of
from core.requests.models import Request, RequestKind
from core.requests.use import approve, check_approvable, check_refusable, refuse, waiting
from db.unit import Unit

LONGEST_REASON = 100
MORE_NUMBERS = re.compile(r"[\d号和及与、,;\s]+")
CODES = "绑定码 合肥演示医院"


@command(
    "绑定码",
    summary="给单位生成一次性绑定码（私聊）",
    example=CODES,
    slots=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def codes(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal:
    if not ask.private:
        raise DomainError("access/codes_private")
    if not ask.text:
        raise DomainError("ask/missing", slot="编码、单位名称或“全部”", example=CODES)
    if ask.text == ALL:
        return await _all_codes(who, ctx)
    key = binding_key(ctx.settings)

    async def give(tx: Unit) -> Answer:
        lab = await lab_meant(tx, ask.text)
        before = await tx.labs_with_open_code(ctx.now, lab.id)
        [slip] = await issue(tx, who, [lab], key, ctx.now)
        return Answer("access/code", {"slip": slip, "before": before})

    return await ctx.db.write(give)


async def _all_codes(who: Principal, ctx: Context) -> Proposal:
    key = binding_key(ctx.settings)

    async def counted(tx: Unit) -> tuple[int, int]:
        return len(await tx.labs_to_bind()), await tx.labs_with_open_code(ctx.now)

    async def do(tx: Unit) -> Answer:
        slips = await issue(tx, who, await tx.labs_to_bind(), key, ctx.now)
        content = await asyncio.to_thread(slips_workbook, slips)
        view = {"count": len(slips), "until": slips[0].expires_at}
        return Answer("access/all_codes", view, file=Attachment(NAME, content))

    labs, before = await ctx.db.read(counted)
    if not labs:
        raise DomainError("access/no_labs")
    return Proposal(Answer("access/propose_codes", {"labs": labs, "before": before}), (labs, before), do)


@command(
    "解除绑定",
    summary="查看单位已绑定的账号，或解除其中一个",
    example="解除绑定 合肥演示医院 1",
    needs=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def end(ask: Ask, who: Principal, ctx: Context) -> Answer | Proposal:
    """Whole numbers only in private; in the staff group the place in the list is enough to name one."""
    unit, written = unit_and_account(ask.words)

    async def look(tx: Unit) -> tuple[Lab, list[Binding]]:
        lab = await lab_meant(tx, unit)
        await tx.audit(who, "access.accounts", f"lab:{lab.id}", {}, ctx.now)
        return lab, [*await tx.bindings_of(lab.id), *await tx.suspended_of(lab.id)]

    lab, standing = await ctx.db.write(look)
    if not standing:
        raise DomainError("access/nobody_bound", unit=lab.name)
    view = {"lab": lab, "standing": standing, "private": ask.private}
    if not written:
        return Answer("access/accounts", view)
    view["one"] = one = account_meant(standing, lab, written)

    async def do(tx: Unit) -> Answer:
        await release(tx, who, lab, one.account, ctx.now, ctx.settings.centre_phone)
        return Answer("access/released", view)

    return Proposal(Answer("access/propose_release", view), (lab.id, one), do)


@command(
    "批准",
    summary="同意申请，或标记问题已处理；可写说明",
    example="批准 3",
    slots=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def agree(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    number, words = await _numbered(ask, ctx, "批准 3")
    request, preview = await _proposed(number, ask, who, ctx, True, words)

    async def do(tx: Unit) -> Answer:
        await approve(tx, who, request, words, ctx.now, ctx.settings.centre_phone)
        return Answer("requests/decided", {"request": request, "approved": True})

    return Proposal(preview, ("approve", request, words), do)


@command(
    "拒绝",
    summary="不同意申请，可写原因；关闭留言",
    example="拒绝 3 电话核实不符",
    slots=(Slot.TEXT,),
    who=Who.OPERATOR,
    where=Where.OFFICE,
)
async def disagree(ask: Ask, who: Principal, ctx: Context) -> Proposal:
    number, reason = await _numbered(ask, ctx, "拒绝 3 电话核实不符")
    request, preview = await _proposed(number, ask, who, ctx, False, reason)

    async def do(tx: Unit) -> Answer:
        await refuse(tx, who, request, reason, ctx.now)
        return Answer("requests/decided", {"request": request, "approved": False})

    return Proposal(preview, ("refuse", request, reason), do)


async def _numbered(ask: Ask, ctx: Context, example: str) -> tuple[str, str]:
    """The request, by its number or by the alarm that is quoted, and what is said to the asker besides."""
    words, quoted = ask.words, ask.marks[0][0] if ask.marks else ""
    told = await ctx.db.read(lambda tx: request_told_of(tx, quoted)) if quoted else None
    if told is not None and not (words and any(map(str.isdecimal, words[0]))):
        words = (str(told), *words)
    if not words:
        raise DomainError("ask/missing", slot=Slot.TEXT.value, example=example)
    said = " ".join(words[1:])
    if len(said) > LONGEST_REASON:
        raise DomainError("requests/reason_long", most=LONGEST_REASON)
    if said and MORE_NUMBERS.fullmatch(said):
        raise DomainError("requests/one_number", number=words[0])
    codes = await asyncio.to_thread(digests_in, binding_key(ctx.settings), said) if codes_in(said) else []
    await ctx.db.read(lambda tx: check_words(tx, said, codes, ctx.now))
    return words[0], said


async def _proposed(
    number: str, ask: Ask, who: Principal, ctx: Context, approved: bool, reason: str = ""
) -> tuple[Request, Answer]:
    """What would be decided; the roster's telephone only in private, the account of a claim in full, because
    it has to be compared on the telephone."""

    async def look(tx: Unit) -> tuple[Request, str, int]:
        request = await waiting(tx, number, ctx.now)
        if approved:
            check_approvable(request)
        else:
            check_refusable(request, reason)
        by_phone = ask.private and request.kind is RequestKind.BINDING and request.lab_id is not None
        phone = await tx.lab_phone(who, request.lab_id or 0) if by_phone else ""
        return request, phone, await tx.rivals(request, ctx.now)

    request, phone, rivals = await ctx.db.read(look)
    view = {"request": request, "phone": phone, "rivals": rivals, "private": ask.private}
    view |= {"approved": approved, "reason": reason}
    return request, Answer("requests/propose", view)
