"""单位: a lab's whole record in private, hardly anything where others read along; and 待办."""

from datetime import timedelta

import pytest

from core.access import Account
from core.access.binding import Why
from core.enrolment.models import Enrolled
from core.requests.models import RequestKind
from db.audit import audit_log
from db.unit import Database
from tests.bot.desk import APPLICATIONS, GROUP, NOW, OFFICE, STAFF, VIEWER, Desk, table
from tests.bot.own import QINGCHUAN, A, enrol
from tests.bot.returns import confirmed, good, later, scored_desk, scores


@pytest.fixture
async def desk(db: Database) -> Desk:
    return await scored_desk(db)


async def test_the_whole_record(desk: Desk) -> None:
    await enrol(desk.db, "A01", {QINGCHUAN: Enrolled.APPLIED})
    await desk.bring(
        table("certificates", "year lab_code programme number state", [2025, QINGCHUAN, "A01", "0012", "issued"])
    )
    assert await desk.say("单位 0340101", VIEWER) == (
        "【单位】合肥演示晴川医院\n"
        "编码 0340101，正常\n"
        "简称：晴川医院\n"
        "地区：未登记；联系人：未登记；电话：未登记\n"
        "已绑定账号 2 个：QQ 300400101、QQ 300400110\n"
        "▍2026年第1次\n"
        "申请：已申请 凝血试验；未知 糖化血红蛋白、感染性疾病血清学标志物A；\n"
        "上报：已上报 凝血试验；未知 糖化血红蛋白、感染性疾病血清学标志物A；\n"
        "签收：未知 凝血试验、糖化血红蛋白、感染性疾病血清学标志物A；\n"
        "上报数据截至 3月20日 09:00\n"
        "▍成绩 2025年第2次\n"
        "· 凝血试验：PT成绩 100，合格（未公布）\n"
        "· 糖化血红蛋白：PT成绩 60，不合格（未公布）\n"
        "成绩数据截至 3月20日 09:00\n"
        "▍证书 2025年（未公布）\n"
        "已发放：凝血试验\n"
        "证书数据截至 3月20日 09:00\n"
        "名录更新于 3月20日 09:00"
    )
    query = audit_log.select().where(audit_log.c.action == "labs.record")
    [row] = await desk.db.read(lambda tx: tx._all(query))
    assert (row.actor, row.subject) == (f"qq:{VIEWER}", "lab:1")


async def test_suspended_accounts_are_counted(desk: Desk) -> None:
    await desk.db.write(lambda tx: tx.suspend_accounts([Account("qq", A)], Why.UNUSED, NOW))
    assert "\n已绑定账号 1 个：QQ 300400110；另有 1 个停用，凭新的绑定码恢复\n" in (
        await desk.say("单位 0340101", VIEWER)
    )


async def test_nothing_private_in_the_staff_group(desk: Desk) -> None:
    assert await desk.say("单位 0340101", STAFF, OFFICE) == (
        "【单位】合肥演示晴川医院\n地区未登记，正常，已绑定账号 2 个\n编码、上报和成绩请私聊查看。"
    )
    assert await desk.say("单位 晴川", STAFF, GROUP) == ""
    assert (await desk.say("单位 晴川", A)).startswith("该命令需要相应的工作人员权限。")


async def test_by_part_of_a_name_by_a_near_one_and_to_choose_from(desk: Desk) -> None:
    assert (await desk.say("单位 云栖", STAFF)).startswith("【单位】芜湖演示云栖医院\n")
    assert (await desk.say("单位 芜湖演示云西医院", STAFF)).startswith("【单位】芜湖演示云栖医院\n")
    assert await desk.say("单位 医院", STAFF) == (
        "「医院」对应多个单位：合肥演示晴川医院、芜湖演示云栖医院。请写全称重发，同名的请在私聊中用编码。"
    )
    assert await desk.say("单位 0349999", STAFF, OFFICE) == "没有找到单位「＊」。请核对编码或名称后重发。"
    assert await desk.say("单位", STAFF) == "还缺内容。请这样写：单位 合肥演示医院"


async def test_a_lab_of_which_nothing_was_imported(desk: Desk) -> None:
    said = await desk.say("单位 青禾", STAFF)
    assert "▍成绩：没有导入过，未知\n▍证书：没有导入过，未知\n" in said
    assert "已绑定账号 0 个\n" in said


async def test_todo_names_what_waits_about_scores(desk: Desk) -> None:
    await desk.bring(APPLICATIONS, scores(2026, 1, "凝血", [None, QINGCHUAN, 2, 5, 40.0, "satisfactory"]))
    said = await desk.say("待办", STAFF, OFFICE)
    assert (
        "▍该回报成绩了，还没有导入\n· 2025年第1次：凝血试验\n"
        "▍成绩的评价与得分不一致\n· 2026年第1次：1 处\n明细：私聊发送「公布成绩」看预览，或导出成绩表核对\n"
        "▍成绩已导入，还没有公布\n· 2026年第1次：凝血试验\n· 2025年第2次：凝血试验、糖化血红蛋白\n"
        "处理：公布成绩 2026 第1次 全部"
    ) in said
    assert "▍待分配编码 1 家" in said
    await confirmed(desk, "公布成绩 2025 第2次")
    await confirmed(desk, "公布成绩 2026 第1次 凝血")
    said = await desk.say("待办", STAFF)
    assert "还没有公布" not in said
    assert "不一致" not in said  # seen at the release


async def test_todo_names_requests_that_wait(desk: Desk) -> None:
    account, now = Account("qq", "300400777"), desk.clock.now()
    await desk.db.write(
        lambda tx: tx.add_request(RequestKind.BINDING, account, 1, "检验科王演示", now, now + timedelta(days=7))
    )
    assert (
        "▍等待处理的申请和留言 1 件\n· 1号 合肥演示晴川医院（绑定申请，QQ 300****77，3月20日 09:00）\n"
        "查看：待办 1\n处理：批准 1，或 拒绝 1 原因\n"
    ) in await desk.say("待办", STAFF, OFFICE)


async def test_scores_are_due_on_their_day_or_20_days_after_the_deadline(desk: Desk) -> None:
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline scores_due_on",
            [2026, 1, "A02", "2026-03-27T09:00:00Z", "2026-04-05"],
        )
    )
    later(desk, days=17)  # 6 April
    assert "· 2026年第1次：糖化血红蛋白\n" in await desk.say("待办", STAFF)
    later(desk, days=11)  # 17 April
    assert "· 2026年第1次：凝血试验、糖化血红蛋白\n" in await desk.say("待办", STAFF)


async def test_todo_is_one_message_however_much_waits(desk: Desk) -> None:
    await desk.bring(
        table(
            "programmes",
            "year code name aliases rounds scored",
            *([2026, f"C{i:02d}", f"名称很长很长很长的演示项目{i}", [], 2, True] for i in range(40)),
        )
    )
    await desk.bring(
        table(
            "rounds",
            "year n programme deadline",
            *([2026, 1, f"C{i:02d}", "2026-03-27T09:00:00Z"] for i in range(40)),
        )
    )
    await desk.bring(
        table(
            "applications",
            "unit city submitted_on",
            *([f"合肥市演示区演示镇演示街道第{i}社区卫生服务中心", "合肥市", "2026-03-18"] for i in range(40)),
        ),
        *(scores(2026, 1, f"C{i:02d}", good(QINGCHUAN)) for i in range(20)),
    )
    later(desk, days=30)
    assert len(await desk.say("待办", STAFF)) <= 1500
    assert len(await desk.say("单位 晴川", STAFF)) <= 1500


async def test_certificates_of_which_only_some_are_released(desk: Desk) -> None:
    columns = "year lab_code programme number state"
    await desk.bring(table("certificates", columns, [2025, QINGCHUAN, "A01", "0012", "issued"]))
    await confirmed(desk, "公布证书 2025")
    assert "▍证书 2025年\n已发放：凝血试验\n" in await desk.say("单位 0340101", VIEWER)
    await desk.bring(table("certificates", columns, [2025, QINGCHUAN, "A02", "0013", "issued"]))
    said = await desk.say("单位 0340101", VIEWER)
    assert "▍证书 2025年（部分项目未公布）\n已发放：凝血试验、糖化血红蛋白\n" in said
