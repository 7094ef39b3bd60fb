"""What is offered, and the samples that go out."""

from bot.demo.catalogue import PROGRAMMES
from bot.demo.people import APPLICANT, MEMBER, NORTH, OFFICE, PRIVATE, STAFF
from bot.demo.play import Play, check


async def programmes(play: Play) -> None:
    await play.until("2026-03-11 10:00")
    play.narrate("send")
    await play.says(MEMBER, NORTH, "项目", f"共{len(PROGRAMMES)}个", "糖化血红蛋白")
    await play.says(MEMBER, NORTH, "项目 感染", "多个项目", "感染性疾病血清学标志物A", "感染快检")
    await play.says(MEMBER, NORTH, "项目 甲功", "甲状腺功能", "计划书")


async def send(play: Play) -> None:
    """Confirmed in the quiet hours, announced the next morning; a second time is refused."""
    await play.until("2026-03-12 21:00")
    play.narrate("night")
    preview = await play.says(STAFF, OFFICE, "发放 2026 第1次 全部", f"{len(PROGRAMMES)}个项目", "3 个群")
    await play.confirms(STAFF, OFFICE, preview, "已记录")
    play.pushed_at()
    play.narrate("morning")
    await play.until("2026-03-13 08:30")
    (told,) = play.pushed_at("2026-03-13 08:00")
    check("3月27日（周五）17:00" in told.text, "reply", text="发放", missing="3月27日（周五）17:00")
    await play.says(STAFF, OFFICE, "发放 2026 第1次 全部", "没有重复公告")
    play.narrate("signed")
    await play.says(APPLICANT, PRIVATE, "签收 全部", "已记下签收", "凝血试验")
    await play.says(MEMBER, NORTH, "截止 糖化", "3月27日（周五）17:00")
    await play.says(MEMBER, NORTH, "截止", "3月31日（周二）17:00")
