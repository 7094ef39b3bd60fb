"""The yearly window, and how the new lab is bound so that it can be answered in private."""

import re

from bot.demo.moments import clock_text
from bot.demo.people import APPLICANT, BOUND, MEMBER, NORTH, OFFICE, PRIVATE, STAFF
from bot.demo.play import Play, check
from bot.demo.roster import NEW

SLIP = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


async def campaign(play: Play) -> None:
    await play.until("2025-10-27 09:00")
    play.narrate("campaign")
    preview = await play.says(STAFF, OFFICE, "开放申请 2026 2025-10-27 2025-11-28", "安徽省内医疗机构", "3 个群")
    await play.confirms(STAFF, OFFICE, preview, "已记录")
    (told,) = play.pushed_at(clock_text(play.centre.now))
    check("11月28日" in told.text, "reply", text="开放申请", missing="11月28日")
    await play.says(MEMBER, NORTH, "@质评助手 第一次登录的密码是什么", "密码")
    await play.says(APPLICANT, PRIVATE, "用什么浏览器登录", "谷歌浏览器")


async def bind(play: Play) -> None:
    """One code is burnt because it was posted in a group; the next one binds."""
    await play.until("2025-12-08 10:00")
    reminders = play.pushed_at("2025-11-21 09:00", "2025-11-25 09:00", "2025-11-27 09:00")
    check("11月28日" in reminders[0].text, "reply", text="提醒", missing="11月28日")
    play.narrate("bind")
    await play.says(APPLICANT, PRIVATE, "报名 2026", "还没有绑定单位")
    lost = await _slip(play, NEW)
    await play.says(APPLICANT, NORTH, f"绑定 {lost}", "已作废")
    play.pushed_at()
    play.told(STAFF, clock_text(play.centre.now))
    await play.says(APPLICANT, PRIVATE, f"绑定 {lost}", "不对或已失效")
    await play.says(APPLICANT, PRIVATE, f"绑定 {await _slip(play, NEW)}", "已绑定", APPLICANT.unit)
    await play.says(BOUND, PRIVATE, f"绑定 {await _slip(play, BOUND.unit)}", "已绑定", BOUND.unit)
    await play.says(APPLICANT, PRIVATE, "我的", NEW, "请勿外传")
    await play.says(APPLICANT, PRIVATE, "报名 2026", "已申请 6个", "凝血试验", "未申请", "数据截至")


async def _slip(play: Play, lab: str) -> str:
    """Staff draw a code and hand it on, by telephone or in the parcel."""
    found = SLIP.search(await play.says(STAFF, PRIVATE, f"绑定码 {lab}", "有效期"))
    check(found is not None, "reply", text="绑定码", missing="绑定码")
    return found[0] if found else ""
