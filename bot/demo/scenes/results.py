"""Scores and certificates: invisible until the centre releases them, then only to those bound."""

import re

from bot.demo.moments import clock_text
from bot.demo.people import APPLICANT, BOUND, MEMBER, NORTH, OFFICE, PRIVATE, STAFF
from bot.demo.play import Play, check
from bot.demo.screen import REFERENCE

FIGURE = re.compile(r"\d ?分|合格|满意|PT\D{0,3}\d")


async def scores(play: Play) -> None:
    await play.until("2026-04-15 10:00")
    play.narrate("scores")
    await play.says(APPLICANT, PRIVATE, "成绩 2026 第1次", "未回报")
    await play.until("2026-04-17 09:30")
    play.pushed_at()
    await play.says(APPLICANT, PRIVATE, "成绩 2026 第1次", "未回报", without=("合格",))
    preview = await play.says(STAFF, OFFICE, "公布成绩 2026 第1次", f"{22}个项目", "3 个群")
    await play.confirms(STAFF, OFFICE, preview, "已公布")
    (told,) = play.pushed_at(clock_text(play.centre.now))
    check(not FIGURE.search(REFERENCE.sub("", told.text)), "unwanted", text="公布成绩", found="成绩数字")
    for who in (APPLICANT, BOUND):
        play.told(who, clock_text(play.centre.now))
    play.narrate("answered")
    await play.says(APPLICANT, PRIVATE, "成绩", APPLICANT.unit, "凝血试验", "PT")
    await play.says(APPLICANT, PRIVATE, "成绩 凝血", "凝血酶原时间", "活化部分凝血活酶时间")
    reply = await play.says(APPLICANT, NORTH, "成绩 凝血", "请先加我为好友")
    check(not FIGURE.search(reply), "unwanted", text="成绩", found="成绩数字")
    await play.says(MEMBER, PRIVATE, "成绩", "还没有绑定单位")


async def certificates(play: Play) -> None:
    await play.until("2026-12-11 09:30")
    play.narrate("certificates")
    play.pushed_at()
    await play.says(APPLICANT, PRIVATE, "证书", "两次质评活动", without=("AHCCL",))
    preview = await play.says(STAFF, OFFICE, "公布证书 2026", "3 个群")
    await play.confirms(STAFF, OFFICE, preview, "已公布")
    play.pushed_at(clock_text(play.centre.now))
    play.told(APPLICANT, clock_text(play.centre.now))
    await play.says(APPLICANT, PRIVATE, "证书", "已发放", "AHCCL-2026")
    await play.says(MEMBER, NORTH, "证书 2026", "请先加我为好友", without=("AHCCL",))
