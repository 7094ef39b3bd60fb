"""证书 and 公布证书 at the desk."""

from typing import Any

import pytest

from core.enrolment.models import Enrolled
from core.workbooks.tables import Table
from db.unit import Database
from tests.bot.desk import GROUP, OFFICE, STAFF, Desk, table
from tests.bot.own import QINGCHUAN, YUNQI, A, B, enrol, own_desk
from tests.bot.returns import confirmed, sent
from tests.cast import at

CERTIFICATES = table(
    "certificates",
    "year lab_code programme number state",
    [2026, QINGCHUAN, "A01", "皖质评0012", "issued"],
    [2026, QINGCHUAN, "A02", None, "not_issued"],
    [2026, YUNQI, "A01", None, "issued"],
)
NOT_YET = "2026年的室间质评证书还没有公布。一般在本年度两次质评活动都结束后发放，以中心通知为准。"


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await own_desk(db)
    await desk.bring(CERTIFICATES)
    return desk


async def test_before_the_release_nothing_is_told(desk: Desk) -> None:
    assert await desk.say("证书", A) == NOT_YET
    assert await desk.say("证书 2025", A) == NOT_YET.replace("2026", "2025")


async def test_released_certificates(desk: Desk) -> None:
    await enrol(desk.db, "B01", {QINGCHUAN: Enrolled.APPLIED})
    await confirmed(desk, "公布证书 2026")
    assert await desk.say("证书", A) == (
        "【证书】合肥演示晴川医院 2026年\n"
        "· 凝血试验：已发放 皖质评0012\n"
        "· 糖化血红蛋白：未发放\n"
        "· 感染性疾病血清学标志物A：还没有公布\n"
        "数据截至 3月20日 09:00。"
    )
    assert await desk.say("证书 2026", B) == (
        "【证书】芜湖演示云栖医院 2026年\n· 凝血试验：已发放\n数据截至 3月20日 09:00。"
    )
    assert await desk.say("证书", A, GROUP) == (
        "涉及本单位的信息只在私聊中回答。请先加我为好友，再私聊发送「证书」。"
    )


async def test_release(desk: Desk) -> None:
    assert (await desk.say("公布证书 2026", STAFF)).startswith(
        "【预览：公布证书】2026年，2个项目\n· 凝血试验：已发放 2家\n· 糖化血红蛋白：已发放 0家\n"
        "注意：以下项目上报尚未截止：凝血试验、糖化血红蛋白\n"
        "还没有导入证书、不公布的：感染性疾病血清学标志物A、感染性疾病血清学标志物B\n"
        "证书数据截至 3月20日 09:00。将发到 2 个群，并私聊告知已绑定的单位。\n"
    )
    assert await confirmed(desk, "公布证书 2026") == (
        "已公布 2026年 2个项目的证书，通知将发出。发送「投递」查看结果。"
    )
    out = await sent(desk)
    assert out[f"qq:group:{GROUP}"].startswith(
        "【证书发放】2026年以下项目的室间质评证书已发放：\n凝血试验、糖化血红蛋白\n"
        "已绑定单位的可私聊我发送「证书 2026」查看；领取方式以中心通知为准。\n〔通知 26-"
    )
    assert out[f"qq:private:{A}"].startswith(
        "【证书发放】2026年室间质评证书已发放，请发送「证书 2026」查看本单位的情况。\n〔通知 26-"
    )
    assert not any("0012" in text or "医院" in text for text in out.values())
    assert await desk.say("公布证书 2026", STAFF, OFFICE) == (
        "2026年已导入的证书都已公布，最近一次是 3月20日（周五）09:00，没有重复公布。"
        "导入其他项目的证书后，请再次发送「公布证书 2026」。"
    )


def of_b01(*rows: list[Any]) -> Table:
    return table("certificates", "year lab_code programme number state", *([2026, *row] for row in rows))


async def test_what_is_imported_after_a_release_waits_for_the_next(desk: Desk) -> None:
    await confirmed(desk, "公布证书 2026")
    await sent(desk)
    await desk.bring(of_b01([QINGCHUAN, "B01", "皖质评0099", "issued"]))
    assert "感染性疾病" not in await desk.say("证书", A)
    desk.clock.move_to(at("2026-12-10 09:00"))  # every deadline of the year is past
    said = await desk.say("公布证书 2026", STAFF)
    assert said.startswith(
        "【预览：公布证书】2026年，1个项目\n· 感染性疾病血清学标志物A：已发放 1家\n"
        "已公布过、不再重复的：凝血试验、糖化血红蛋白\n"
        "还没有导入证书、不公布的：感染性疾病血清学标志物B\n"
    )
    await confirmed(desk, "公布证书 2026")
    assert "· 感染性疾病血清学标志物A：已发放 皖质评0099\n" in await desk.say("证书", A)
    out = await sent(desk)
    assert set(out) == {f"qq:group:{GROUP}", f"qq:group:{OFFICE}", f"qq:private:{A}"}
    assert out[f"qq:group:{GROUP}"].startswith(
        "【证书发放】2026年以下项目的室间质评证书已发放：\n感染性疾病血清学标志物A\n已绑定单位的"
    )


async def test_an_unknown_certificate_of_a_released_programme(desk: Desk) -> None:
    await enrol(desk.db, "A02", {YUNQI: Enrolled.APPLIED})
    await confirmed(desk, "公布证书 2026")
    assert await desk.say("证书", B) == (
        "【证书】芜湖演示云栖医院 2026年\n· 凝血试验：已发放\n· 糖化血红蛋白：未知\n"
        "未知：证书名单中没有该项目，不代表没有证书，请致电 0551-62283619 核对。\n"
        "数据截至 3月20日 09:00。"
    )


async def test_certificates_imported_after_the_preview_are_not_released_unseen(desk: Desk) -> None:
    preview = await desk.say("公布证书 2026", STAFF)
    await desk.bring(of_b01([QINGCHUAN, "B01", None, "issued"]))
    assert await desk.say(f"确认 {preview.rsplit('确认 ', 1)[1][:4]}", STAFF) == (
        "预览之后内容有变化，没有执行。请重新发送原命令查看新的预览。"
    )


async def test_nothing_to_release(desk: Desk) -> None:
    assert await desk.say("公布证书 2025", STAFF) == (
        "2025年没有可公布的证书。请先导入证书表，再发送「公布证书 2025」。"
    )
    assert await desk.say("公布证书", STAFF) == "还缺年度。请这样写：公布证书 2026"
