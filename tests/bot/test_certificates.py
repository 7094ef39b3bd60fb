"""证书 and 公布证书 at the desk."""

from typing import Any

import pytest

from core.enrolment.models import Enrolled
from core.workbooks.tables import Table
from db.unit import Database
from tests.bot.desk import GROUP, OFFICE, STAFF, STRANGER, Desk, table
from tests.bot.own import BOTH, QINGCHUAN, YUNQI, A, B, bind, enrol, own_desk
from tests.bot.returns import confirmed, sent
from tests.cast import at

CERTIFICATES = table(
    "certificates",
    "year lab_code programme number state",
    [2026, QINGCHUAN, "A01", "皖质评0012", "issued"],
    [2026, QINGCHUAN, "A02", None, "not_issued"],
    [2026, YUNQI, "A01", None, "issued"],
)
NOT_YET = (
    "2026年的室间质评证书还没有公布。一般在本年度两次质评活动都结束后发放，以中心通知为准。\n"
    "目前已安排的最后一次上报截止是 4月3日（周五）17:00。发送「成绩 2026」可先查看成绩。"
)
UNKNOWN = "没有2025年的项目数据，证书情况未知。请核对年度，或致电 0551-62283619。"


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await own_desk(db)
    await desk.bring(CERTIFICATES)
    return desk


async def test_before_the_release_nothing_is_told(desk: Desk) -> None:
    assert await desk.say("证书", A) == NOT_YET
    assert await desk.say("证书 2025", A) == UNKNOWN
    desk.clock.move_to(at("2026-12-10 09:00"))  # nothing is to come any more
    assert await desk.say("证书", A) == (
        "2026年的室间质评证书还没有公布。一般在本年度两次质评活动都结束后发放，以中心通知为准。\n"
        "发送「成绩 2026」可先查看成绩。"
    )


async def test_one_programme_in_any_words(desk: Desk) -> None:
    await confirmed(desk, "公布证书 2026")
    one = (
        "【证书】合肥演示晴川医院 2026年\n· 凝血试验：已发放 皖质评0012\n"
        "数据截至 3月20日 09:00。领取方式以中心通知为准。"
    )
    for words in ("证书 凝血", "查一下凝血的证书编号", "2026年凝血合格证", "晴川医院 证书 凝血"):
        assert await desk.say(words, A) == one, words
    assert (await desk.say("证书 感染", A)).startswith("「感染」对应多个项目，您要的是哪一个？\n1 感染性疾病")
    assert (await desk.say("证书 凝雪", A)).startswith("没有找到项目「凝雪」，相近的有：\n1 凝血试验\n")
    assert await desk.say("证书 天气预报", A) == ("没有找到项目「天气预报」。发送「项目」查看全部项目名称。")
    assert "〔依据：参控指南" in await desk.say("证书什么时候发", A)  # of the guide, not of the lab


async def test_several_labs_and_one_of_them(desk: Desk) -> None:
    await confirmed(desk, "公布证书 2026")
    both = await desk.say("证书", BOTH)
    assert both.index("【证书】合肥演示晴川医院") < both.index("【证书】芜湖演示云栖医院")
    assert "芜湖" not in await desk.say("证书 晴川医院", BOTH)
    assert (await desk.say("证书", STRANGER)).startswith("您还没有绑定单位，无法查询。")


async def test_a_released_year_in_which_nothing_is_known_of_the_lab(desk: Desk) -> None:
    await confirmed(desk, "公布证书 2026")
    await bind(desk.db, "300400120", "0340103")
    assert await desk.say("证书", "300400120") == (
        "【证书】太和演示青禾卫生院 2026年\n"
        "未查到本单位的证书。未查到不代表没有，请致电 0551-62283619 核对。\n"
        "数据截至 3月20日 09:00。领取方式以中心通知为准。"
    )


async def test_released_certificates(desk: Desk) -> None:
    await enrol(desk.db, "B01", {QINGCHUAN: Enrolled.APPLIED})
    await confirmed(desk, "公布证书 2026")
    assert await desk.say("证书", A) == (
        "【证书】合肥演示晴川医院 2026年\n"
        "· 凝血试验：已发放 皖质评0012\n"
        "· 糖化血红蛋白：未发放\n"
        "· 感染性疾病血清学标志物A：还没有公布\n"
        "数据截至 3月20日 09:00。领取方式以中心通知为准。"
    )
    assert await desk.say("证书 2026", B) == (
        "【证书】芜湖演示云栖医院 2026年\n· 凝血试验：已发放\n数据截至 3月20日 09:00。领取方式以中心通知为准。"
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
        "数据截至 3月20日 09:00。领取方式以中心通知为准。"
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
