"""From the first question in a group to the lab's own code."""

import re

from bot.demo.moments import clock_text
from bot.demo.people import APPLICANT, MEMBER, NORTH, PRIVATE, STAFF
from bot.demo.play import CONFIRM, Play, check
from bot.demo.roster import NEW
from bot.demo.screen import REFERENCE

CODE = NEW
NAME = APPLICANT.unit


async def ask(play: Play) -> None:
    await play.until("2025-10-10 09:10")
    play.narrate("ask")
    for chatter in ("大家早上好，今天降温了", "截止日期是哪天来着", "项目太多了忙不过来", "查重是什么意思呀"):
        await play.is_ignored(MEMBER, NORTH, chatter)
    await play.says(MEMBER, NORTH, "帮助", "查重", "申请状态", "截止", without=("【工作人员】", "待办"))
    await play.says(MEMBER, NORTH, "查重 合肥演示晴川门诊部", "已在参控名录中", "请勿重复申请")
    await play.says(MEMBER, NORTH, "查重 太和演示清禾卫生院", "相近", "太和演示青禾卫生院")
    await play.says(MEMBER, NORTH, f"查重 {NAME}", "没有查到", "未查到不代表没有")
    await play.says(MEMBER, NORTH, "流程", "新参控单位申请")
    await play.says(APPLICANT, PRIVATE, "流程 1", "单位+姓名", "保存并退出")


async def apply(play: Play) -> None:
    await play.until("2025-10-13 15:00")
    play.narrate("apply")
    play.screen.narrate(await play.centre.bring_applications(play.centre.now))
    await play.says(APPLICANT, PRIVATE, "申请状态", NAME, "待分配", "10月13日")
    await play.is_ignored(APPLICANT, PRIVATE, "好的")


async def assign(play: Play) -> None:
    await play.until("2025-10-14 09:30")
    play.narrate("assign")
    await play.says(STAFF, PRIVATE, "待办", "待分配编码 4 家", "疑似重复")
    await _others_cannot(play)
    play.narrate("near")
    await play.says(STAFF, PRIVATE, "分配 申请2 YS73957", "相近", "太和演示青禾卫生院")
    preview = await play.says(STAFF, PRIVATE, f"分配 申请1 {CODE}", NAME, CODE)
    await play.confirms(STAFF, PRIVATE, preview, "已分配")
    (told,) = play.pushed_at(clock_text(play.centre.now))
    check(NAME in told.text, "reply", text="编码分配", missing=NAME)
    check(not re.search(r"\d", REFERENCE.sub("", told.text)), "digits", where=told.text)
    play.narrate("told")
    await play.says(APPLICANT, PRIVATE, "申请状态", "已分配", CODE)
    for who, where in ((APPLICANT, NORTH), (MEMBER, PRIVATE)):
        reply = await play.says(who, where, f"申请状态 {NAME}", "已分配", "登记页")
        check(not shows(reply, CODE), "digits", where=reply)


async def _others_cannot(play: Play) -> None:
    play.narrate("outsider")
    await play.is_ignored(MEMBER, NORTH, "待办")
    await play.says(MEMBER, PRIVATE, "待办", "需要相应的工作人员权限")


def shows(text: str, code: str) -> bool:
    """Whether three digits of the code in a row stand in the text; a confirmation's own are random."""
    digits, text = code.lstrip("YS"), CONFIRM.sub("", text)
    return any(digits[i : i + 3] in text for i in range(len(digits) - 2))
