"""审计, the head in the digest, and the tick that seals."""

from datetime import timedelta

import pytest

from bot.scheduler.sealing import seal_new
from bot.texts import say
from core.access import Account, ManagedGroup, Role
from core.audit.chain import Head
from core.audit.check import Fault, Wrong
from core.audit.noted import Noted
from core.audit.ranges import Erasure
from core.audit.verifying import Unsealed, Verified, verify
from core.watch.digest import digest_view
from db.unit import Database
from tests.bot.desk import CENTRE, EVERYTHING, GROUP, NOW, OFFICE, STAFF, VIEWER, Desk

BOSS, ANNA = "300400003", "300400600"
ASKED = Account("qq", ANNA)


@pytest.fixture
async def desk(db: Database) -> Desk:
    desk = await Desk(db).open(*EVERYTHING)
    await db.write(lambda tx: tx.set_staff(Account("qq", BOSS), Role.ADMIN, NOW, CENTRE))
    await db.write(lambda tx: tx.audit(CENTRE, "access.bind", "lab:1", {"how": "code"}, NOW, ASKED))
    await db.write(lambda tx: tx.audit(CENTRE, "activities.dispatch", "activity:2026:1", {}, NOW))
    return desk


async def test_the_newest_first_persons_masked_no_code(desk: Desk) -> None:
    assert (await desk.say("单位 晴川医院", STAFF)).startswith("【")
    said = (await desk.say("审计 4", BOSS, OFFICE)).splitlines()
    assert said == [
        "【审计】最近 4 条",
        "· 3月20日 09:00 QQ 300****01 查看单位档案：合肥演示晴川医院",
        "· 3月20日 09:00 本机命令行 发放质控品：2026年第1次",
        "· 3月20日 09:00 本机命令行 绑定：合肥演示晴川医院（QQ 300****00）",
        "· 3月20日 09:00 本机命令行 设置工作人员（QQ 300****03），无 → 管理",
        "链头 还没有，未封存 13 条",
        "核对是否完整，请在机器人的电脑上运行：eqabot audit verify",
    ]


async def test_reading_it_is_a_row_of_its_own(desk: Desk) -> None:
    await desk.say("审计", BOSS)
    said = await desk.say("审计 1", BOSS)
    assert said.startswith("【审计】最近 1 条\n· 3月20日 09:00 QQ 300****03 查看操作记录\n链头 还没有，")


async def test_ten_unless_told_otherwise_never_more_than_thirty(desk: Desk) -> None:
    for _ in range(30):
        await desk.db.write(lambda tx: tx.audit(CENTRE, "pushes.pause", "pushes", {}, NOW))
    assert (await desk.say("审计", BOSS)).count("\n· ") == 10
    assert (await desk.say("审计30", BOSS)).count("\n· ") == 30
    assert (await desk.say("审计 999 条", BOSS)).count("\n· ") == 30


@pytest.mark.parametrize("text", ["审计 0", "审计 -1", "审计 全部", "审计 １2x", "审计 9999999999"])
async def test_another_number_is_not_understood(desk: Desk, text: str) -> None:
    assert "审计 20" in await desk.say(text, BOSS)


async def test_it_is_for_admins_in_their_own_places(desk: Desk) -> None:
    assert await desk.say("审计", BOSS, GROUP) == ""
    forbidden = "该命令需要相应的工作人员权限。发送「帮助」查看您可用的命令。"
    for who in (STAFF, VIEWER):
        assert await desk.say("审计", who) == forbidden
        assert await desk.say("审计", who, OFFICE) == forbidden


async def test_the_head_and_the_erased(desk: Desk) -> None:
    await desk.db.write(lambda tx: tx.erase_persons(CENTRE, [ASKED], NOW))
    head = await desk.db.read(lambda tx: tx.audit_head())
    assert head is not None
    said = (await desk.say("审计 3", BOSS)).splitlines()
    assert said[1:5] == [
        "· 3月20日 09:00 本机命令行 删除记录里的个人信息",
        "· 3月20日 09:00 本机命令行 发放质控品：2026年第1次",
        "· 3月20日 09:00 （已删除） 绑定：合肥演示晴川医院",
        f"链头 {head.short}",
    ]


async def test_a_removed_group_and_what_is_known_no_more(desk: Desk) -> None:
    group = ManagedGroup("qq", "700100207", "二群")
    await desk.db.write(lambda tx: tx.set_group(group, NOW, CENTRE))
    assert "本机命令行 设置群：二群\n" in await desk.say("审计 1", BOSS)
    await desk.db.write(lambda tx: tx.remove_group(group, NOW, CENTRE))
    await desk.db.write(lambda tx: tx.audit(CENTRE, "later.word", "thing:700100207", {}, NOW))
    said = await desk.say("审计 2", BOSS)
    assert "本机命令行 later.word\n· 3月20日 09:00 本机命令行 设置群\n" in said
    assert "700100207" not in said


async def test_the_tick_seals_and_the_digest_tells_the_head(desk: Desk) -> None:
    assert (await desk.db.read(lambda tx: digest_view(tx, NOW)))["head"] is None
    await seal_new(desk.db)
    head = await desk.db.read(lambda tx: tx.audit_head())
    assert head is not None
    view = await desk.db.read(lambda tx: digest_view(tx, NOW))
    said = say("watch/digest", {**view, "reference": "26-0001"})
    assert f"\n▍操作记录：链头 {head.short}\n〔通知 26-0001〕" in said
    assert (await desk.db.read(lambda tx: verify(tx, Noted.parse(head.short), NOW))).fault is None


HEAD = Head(12, "0f1e2d3c4b5a6978" * 4, NOW)
TIME = "2026年3月20日（周五）09:00"
ADVICE = "请先复制一份数据库保留，不要改动，再与备份及其 .audit 文件对照。"
REST = f"其后的记录没有再核对。\n{ADVICE}"


def told(fault: Fault | None = None, head: Head = HEAD, noted: Noted | None = None, **more: object) -> str:
    found: dict[str, object] = {"erased": 0, "unsealed": Unsealed(0, 0, None), "late": 0, **more}
    return say("audit/verified", {"noted": noted, "found": Verified(head=head, fault=fault, **found)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(Wrong.MISSING, 7, NOW), f"第 7 条不见了（其前一条在 {TIME}），可能被删除。\n{REST}"),
        (Fault(Wrong.MISSING, 1, None), f"第 1 条不见了（其前没有记录），可能被删除。\n{REST}"),
        (
            Fault(Wrong.EXTRA, 13, NOW),
            f"第 13 条（{TIME}）不在链头（第 12 条）以内：可能是后加的，或链头被改。\n{REST}",
        ),
        (
            Fault(Wrong.CHANGED, 7, NOW),
            f"第 7 条（{TIME}）与封存时不符：这一条或紧接其前的一条可能被改动、调换或插入。\n{REST}",
        ),
        (
            Fault(Wrong.CHANGED, 7, None),
            f"第 7 条（时间也读不出）与封存时不符：这一条或紧接其前的一条可能被改动、调换或插入。\n{REST}",
        ),
        (
            Fault(Wrong.PERSONS, 7, NOW),
            f"第 7 条（{TIME}）的操作人或所涉账号与封存时不符：可能被改动，或未经登记就被删除。\n{REST}",
        ),
        (Fault(Wrong.HEAD, 12, NOW), f"最后一条第 12 条（{TIME}）完好，但与链头不符：链头可能被改。\n{ADVICE}"),
        (
            Fault(Wrong.NOTED, 7, NOW),
            f"第 7 条（{TIME}）的校验值与您记下的不同：这一条或更早的记录可能被整体重写。请先确认没有抄错。\n"
            f"{REST}",
        ),
        (
            Fault(Wrong.NOTED_GONE, 99, NOW),
            f"没有第 99 条，最后一条是第 12 条（{TIME}）：其后的记录可能被删除，或数据库是从更早的备份恢复的。\n"
            f"{ADVICE}",
        ),
        (
            Fault(Wrong.EMPTIED, 0, None),
            f"一条也没有了，链头也不在，而数据库是用过的：全部记录可能被删除。\n{ADVICE}",
        ),
        (
            Fault(Wrong.AFTERWARDS, 0, NOW),
            f"有一条还没有封存的记录（{TIME}）比链头早 5 分钟以上：可能是事后插入的。\n{ADVICE}",
        ),
        (
            Fault(Wrong.AFTERWARDS, 0, None),
            f"有一条还没有封存的记录，时间不是本程序的写法：可能是事后插入的。\n{ADVICE}",
        ),
    ],
    ids=lambda one: one.what if isinstance(one, Fault) else "",
)
def test_what_is_wrong_in_one_sentence(fault: Fault, sentence: str) -> None:
    assert told(fault) == f"操作记录有问题：{sentence}"


def test_all_is_well() -> None:
    assert told() == f"操作记录完整：已核对 12 条。\n链头：12:0f1e-2d3c-4b5a-6978（{TIME}）"
    assert told(erased=2, noted=Noted(3, "0" * 16)) == (
        "操作记录完整：已核对 12 条，其中 2 条的个人信息已按规定删除。\n"
        "第 3 条与您记下的链头一致。\n"
        f"链头：12:0f1e-2d3c-4b5a-6978（{TIME}）\n"
        "在您记下的链头之后没有抹去过个人信息。"
    )
    assert told(head=Head(0, "", None)) == "操作记录完整：已核对 0 条。"


def erasure(seq: int, *ranges: str) -> Erasure:
    return Erasure(seq, NOW, CENTRE.account, ranges)


def test_each_erasure_is_told() -> None:
    assert told(erasures=(erasure(35, "11-34"),)).splitlines()[2:] == [
        "第 35 条（3月20日 09:00，本机命令行）抹去了第 11-34 条的个人信息"
    ]
    many = tuple(erasure(number, "1", "3", "5", "7", "9", "11") for number in range(40, 33, -1))
    said = told(erasures=many).splitlines()[2:]
    assert said[0] == "第 40 条（3月20日 09:00，本机命令行）抹去了第 1、3、5、7、9 条等的个人信息"
    assert (len(said), said[-1]) == (6, "另有 2 次")


def test_erasures_after_a_noted_head_are_to_be_looked_into() -> None:
    both = (erasure(35, "11-34"), erasure(9, "3"))
    assert told(erasures=both, noted=Noted(20, "0" * 16)).splitlines()[3:] == [
        "在您记下的链头之后，个人信息被抹去 1 次，请核对是否确有其事：",
        "第 35 条（3月20日 09:00，本机命令行）抹去了第 11-34 条的个人信息",
        "在此以前：",
        "第 9 条（3月20日 09:00，本机命令行）抹去了第 3 条的个人信息",
    ]
    assert told(erasures=both[1:], noted=Noted(20, "0" * 16)).splitlines()[3:] == [
        "在您记下的链头之后没有抹去过个人信息。",
        "在此以前：",
        "第 9 条（3月20日 09:00，本机命令行）抹去了第 3 条的个人信息",
    ]


def test_time_that_ran_backwards_is_a_remark() -> None:
    assert told(backwards=Head(7, "", NOW)).splitlines()[2:] == [
        f"注意：从第 7 条（{TIME}）起，时间比前面的记录早一小时以上：可能调过电脑时钟，也可能是事后插入。请核对。"
    ]


def test_what_is_not_sealed_yet() -> None:
    said = told(unsealed=Unsealed(4, 2, NOW - timedelta(hours=1)), late=2).splitlines()[2:]
    assert said == [
        "另有 4 条还没有封存，最早 2026年3月20日（周五）08:00；机器人运行时会自动封存，封存前的改动查不出来。",
        "注意：机器人正在运行，却有 2 条超过 10 分钟没有封存。请查看程序日志。",
    ]
