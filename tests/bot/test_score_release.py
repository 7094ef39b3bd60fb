"""公布成绩: the preview, what is told to whom, and what is refused."""

import pytest

from core.access import Account
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import GROUP, OFFICE, STAFF, VIEWER, Desk
from tests.bot.own import BOTH, QINGCHUAN, A, B
from tests.bot.returns import bad, confirmed, good, later, scored_desk, scores, sent
from tests.cast import at
from tests.db import post

PREVIEW = (
    "【预览：公布成绩】2025年第2次，2个项目\n"
    "· 凝血试验：2家\n"
    "· 糖化血红蛋白：1家\n"
    "成绩数据截至 3月20日 09:00。将发到 2 个群（不含分数），并私聊告知已绑定的单位。\n"
)
TO_GROUPS = (
    "【成绩公布】2025年第2次室间质评以下项目的成绩已公布：\n"
    "凝血试验、糖化血红蛋白\n"
    "请登录平台「室间质评—质评成绩回报」查询；已绑定单位的可私聊我发送「成绩」。未显示PT成绩的为不计分项目。\n"
)
TO_PEOPLE = "【成绩公布】2025年第2次室间质评成绩已公布，请发送「成绩」查看本单位的成绩。\n"


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await scored_desk(db)


async def test_preview_and_release(desk: Desk) -> None:
    assert (await desk.say("公布成绩 2025 第2次 全部", STAFF)).startswith(PREVIEW)
    assert await confirmed(desk, "公布成绩 2025 第2次 全部", STAFF, OFFICE) == (
        "已公布 2025年第2次 2个项目的成绩，通知将发出。发送「投递」查看结果。"
    )
    query = audit_log.select().where(audit_log.c.action == "scores.release")
    [row] = await desk.db.read(lambda tx: tx._all(query))
    assert (row.actor, row.subject) == (f"qq:{STAFF}", "activity:2025:2")


async def test_groups_are_told_the_programmes_and_one_account_a_lab_that_there_is_something(desk: Desk) -> None:
    await confirmed(desk, "公布成绩 2025 第2次")
    out = await sent(desk)
    assert {target: text.rsplit("〔", 1)[0] for target, text in out.items()} == {
        f"qq:group:{GROUP}": TO_GROUPS,
        f"qq:group:{OFFICE}": TO_GROUPS,
        f"qq:private:{A}": TO_PEOPLE,
        f"qq:private:{B}": TO_PEOPLE,
    }
    assert not any("100" in text or "合格" in text for text in out.values())


async def test_who_is_no_longer_bound_is_not_told(desk: Desk) -> None:
    await confirmed(desk, "公布成绩 2025 第2次")
    for _ in range(2):
        await post.turn(desk.db, desk.clock.now())
    for account in (A, B, BOTH):
        for lab in (1, 2):
            await desk.db.write(lambda tx, a=account, i=lab: tx.unbind(Account("qq", a), i))  # type: ignore[misc]
    assert set(await sent(desk)) == {f"qq:group:{GROUP}", f"qq:group:{OFFICE}"}
    assert "已解除绑定" in await post.words(desk.db)


async def test_a_part_now_and_the_rest_later(desk: Desk) -> None:
    await confirmed(desk, "公布成绩 2025 第2次 凝血")
    said = await desk.say("公布成绩 2025 第2次 全部", STAFF)
    assert "1个项目\n· 糖化血红蛋白：1家\n已公布过、不再重复的：凝血试验\n" in said
    assert "未回报：糖化血红蛋白。" in await desk.say("成绩", A)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "公布成绩 2026 第1次 凝血",
            "2026年第1次没有可公布的成绩：凝血试验还没有导入成绩。请先导入成绩表，再发送「公布成绩」。",
        ),
        ("公布成绩 2024 第1次", "还没有 2024年第1次活动的安排数据。请核对年度和次数，或先导入活动安排表。"),
        ("公布成绩 2026", "还缺次数。请这样写：公布成绩 2026 第1次 全部"),
    ],
)
async def test_what_cannot_be_released(desk: Desk, text: str, sentence: str) -> None:
    assert await desk.say(text, STAFF) == sentence


async def test_released_before(desk: Desk) -> None:
    await confirmed(desk, "公布成绩 2025 第2次")
    assert await desk.say("公布成绩 2025 第2次", STAFF) == (
        "2025年第2次的这些项目已公布成绩，没有重复公布。更正的成绩重新导入后即可查到。"
    )


async def test_programmes_without_scores_are_left_out_and_named(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "凝血", good(QINGCHUAN)))
    said = await desk.say("公布成绩 2026 第1次", STAFF)
    assert "还没有导入成绩、不公布的：糖化血红蛋白、感染性疾病血清学标志物A\n" in said


async def test_conflicts_are_counted_and_named_only_in_private(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "凝血", [None, QINGCHUAN, 2, 5, 40.0, "satisfactory"]))
    private = await desk.say("公布成绩 2026 第1次 凝血", STAFF)
    assert (
        "· 凝血试验：1家，1处评价与得分不一致\n评价与得分不一致（公布时以评价为准）：\n"
        "· 合肥演示晴川医院 凝血试验：PT成绩 40，合格（及格 2/5）\n"
    ) in private
    office = await desk.say("公布成绩 2026 第1次 凝血", STAFF, OFFICE)
    assert "1处评价与得分不一致\n不一致的明细请在私聊中发送本命令查看；公布时以评价为准。\n" in office
    assert "晴川" not in office


async def test_scores_imported_after_the_preview_are_not_released_unseen(desk: Desk) -> None:
    preview = await desk.say("公布成绩 2025 第2次", STAFF)
    later(desk, minutes=1)
    await desk.bring(scores(2025, 2, "糖化", bad(QINGCHUAN, pt=20.0)))
    assert await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF) == (
        "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
    )
    assert "未回报" in await desk.say("成绩", A)


async def test_only_operators_release(desk: Desk) -> None:
    assert await desk.say("公布成绩 2025 第2次", VIEWER) == (
        "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    )
    assert await desk.say("公布成绩 2025 第2次", STAFF, GROUP) == ""


async def test_before_the_deadline_the_preview_says_so(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "凝血", good(QINGCHUAN)))
    said = await desk.say("公布成绩 2026 第1次 凝血", STAFF)
    assert "· 凝血试验：1家\n注意：以下项目上报尚未截止：凝血试验\n成绩数据截至" in said
    desk.clock.move_to(at("2026-03-27 17:00"))
    assert "尚未截止" not in await desk.say("公布成绩 2026 第1次 凝血", STAFF)


async def test_a_whole_that_says_nothing_is_named_before_the_release(desk: Desk) -> None:
    await desk.bring(scores(2026, 1, "凝血", [None, QINGCHUAN], good(QINGCHUAN, "APTT")))
    assert "· 合肥演示晴川医院 凝血试验：不计分（没有成绩和评价，而细项有成绩）\n" in await desk.say(
        "公布成绩 2026 第1次 凝血", STAFF
    )
