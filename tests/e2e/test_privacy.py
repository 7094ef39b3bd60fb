"""Two labs' people, somebody whose card says he is one of them, a group's owner, a passer-by: over the real wire
only the bound see their own lab, and the groups see no figure and no digit of a code. After every test the watch
goes over everything that was ever shown to anybody (`Centre.check`)."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.e2e import year
from tests.e2e.centre import BAD_CODE, FORBIDDEN, GROUPS, NOT_BOUND, NOT_HERE, Centre, opened
from tests.e2e.scene import FIRST, FOREIGN, OFFICE, SELF, STAFF
from tests.e2e.year import CODES, OF_B, ONE, OWNER, PASSER, PRETENDER, A, B, C, D

WITH_A_CODE = ("投递", "补发", "确认", "批准", "未备注", "帮助", "流程", "截止", "发放 第1次", "分配 申请1")
WRONG = ("ABCD-EFGH-JKM1", "abcdefghjkm2", "7K2M-Q4X9-8RTV", "ABCD-EFGH-JKM3 谢谢", "ＡＢＣＤ－ＥＦＧＨ－ＪＫＭ４")
OWN = ("我的", "报名", "上报", "已报", "签收", "成绩", "证书", "解绑")


@pytest.fixture(scope="module")
async def centre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Centre]:
    """One of 晴川 bound by a code from the command line, one of 云栖 by a code from chat."""
    async with opened(tmp_path_factory.mktemp("centre")) as centre:
        code = centre.note(await centre.bot.cli("bind-code", CODES[A]))
        assert (await centre.bind(ONE, A, code)).startswith(f"已绑定「{A}」。")
        assert (await centre.bind(OF_B, B, await centre.code_for(B))).startswith(f"已绑定「{B}」。")
        yield centre


@pytest.fixture(autouse=True)
async def watch(centre: Centre) -> AsyncIterator[None]:
    yield
    await centre.check()


async def test_only_members_of_managed_groups_become_friends(centre: Centre) -> None:
    flag = await centre.qq.friend_request(year.OUTSIDER, "我是晴川医院的")
    async with asyncio.timeout(10):
        while await centre.asked_whether_member(year.OUTSIDER) < len(GROUPS):
            await asyncio.sleep(0.05)
    state = await centre.qq.state()
    assert [one["flag"] for one in state["requests"]] == [flag]  # left for people, neither accepted nor refused
    assert {one["user_id"] for one in state["answered"]} == set(year.FRIENDS)


async def test_slips_for_all_labs_reach_nobody_but_staff_and_bind(centre: Centre) -> None:
    assert await centre.ask("绑定码 全部", STAFF, OFFICE) == "绑定码只在私聊中发放。请私聊我再发送一次。"
    assert (await centre.confirmed("绑定码 全部"))[1].startswith("已为 4 家单位生成绑定码")
    slips = await centre.slips()
    assert set(slips) == {A, B, C, D}
    for user, lab in ((year.TWO, A), (year.OF_C, C)):
        assert (await centre.bind(user, lab, slips[lab])).startswith(f"已绑定「{lab}」。")
    await centre.qq.wait_shown("新绑定了账号 QQ 300****02", user=ONE)
    assert not await centre.qq.shown(user=OF_B, contains="【绑定通知】")


async def test_before_the_release_each_sees_its_own_lab_and_no_score(centre: Centre) -> None:
    await centre.confirmed("发放 2026 第1次 全部", group=OFFICE)
    assert f"{A}，实验室编码 {CODES[A]}" in await centre.ask("我的", ONE)
    assert f"{B}，实验室编码 {CODES[B]}" in await centre.ask("我的单位", OF_B)
    assert "已申请 2个：凝血试验、糖化血红蛋白" in await centre.ask("报名", ONE)
    assert "暂停发放 1个：糖化血红蛋白" in await centre.ask("报名 2026", OF_B)
    assert "· 凝血试验：已报（3月19日 07:43）" in await centre.ask("上报", ONE)
    assert "· 凝血试验：未报\n" in await centre.ask("上报 2026 第1次", OF_B)
    assert "· 凝血试验：已签收（3月18日 06:29）" in await centre.ask("签收", ONE)
    assert "已记下签收：糖化血红蛋白" in await centre.ask("签收 糖化", ONE)
    assert "已报：凝血试验、糖化血红蛋白" in await centre.ask("截止", ONE)
    assert "未报：凝血试验\n" in await centre.ask("截止", OF_B)
    for user, lab in ((ONE, A), (OF_B, B)):
        assert await centre.ask("成绩 2025 第2次", user) == (
            f"【成绩】{lab} 2025年第2次\n未回报：凝血试验、糖化血红蛋白、血型。"
            "一般在上报截止（2025年9月18日（周四）17:00）后半个月左右回报。\n公布后再发送「成绩」即可查看。"
        )
        assert "证书还没有公布" in await centre.ask("证书 2025", user)
    assert await centre.ask(f"单位 {B}", ONE) == FORBIDDEN


@pytest.mark.parametrize("user", [PRETENDER, OWNER], ids=["a card of lab A", "owner with a title"])
async def test_cards_roles_and_titles_open_nothing(centre: Centre, user: int) -> None:
    for word in OWN:
        assert await centre.ask(word, user) == NOT_BOUND
        for group in (FIRST, OFFICE):
            assert await centre.ask(f"/{word}", user, group) == NOT_HERE.format(word)
        await centre.ask(f"{word} {A}", user)  # perhaps a question to the guide; the watch reads the answers
        await centre.ask(f"/{word} {A}", user, FIRST)
    for word in (f"单位 {A}", f"绑定码 {A}", "绑定码 全部", "批准 1", "未上报 2026 第1次", "公布成绩 2025 第2次"):
        assert await centre.ask(word, user) == FORBIDDEN
        assert await centre.ask(f"/{word}", user, FIRST) == FORBIDDEN
    for words in (f"{A}的实验室编码是多少", f"查重 {A}", f"申请状态 {A}", f"{A} 2025年第2次凝血成绩"):
        await centre.ask(words, user)
        await centre.ask(f"/{words}", user, FIRST)
    assert f"「{A}」的实验室编码已分配，请看登记页" in await centre.ask(f"申请状态 {A}", user)


async def test_a_temporary_session_opens_nothing_even_to_the_bound(centre: Centre) -> None:
    for user in (PASSER, ONE):
        for word in (*OWN, "绑定"):
            assert await centre.temporary(word, user) == NOT_HERE.format(word)
    assert await centre.temporary(await centre.code_for(D), PASSER) == NOT_HERE.format("绑定")
    assert "截止" in await centre.temporary("截止 凝血", ONE)


async def test_the_bound_see_nothing_of_another_lab_nor_in_a_group(centre: Centre) -> None:
    for word in OWN:
        assert await centre.ask(word, ONE, FIRST, at_me=True) == NOT_HERE.format(word)
    for words in (f"成绩 {B}", f"上报 {B}", f"证书 {B}", f"解绑 {B}", f"{B}上报了吗", f"申请状态 {B}"):
        await centre.ask(words, ONE)


async def test_five_wrong_codes_lock_for_the_right_one_too(centre: Centre) -> None:
    right = await centre.code_for(D)
    for wrong in WRONG:
        assert await centre.ask(f"绑定 {wrong}", year.GUESSER) == BAD_CODE
    assert await centre.ask(f"绑定 {right}", year.GUESSER) == BAD_CODE
    assert await centre.ask("我的", year.GUESSER) == NOT_BOUND
    assert (await centre.bind(year.OF_D, D, right.lower())).startswith(f"已绑定「{D}」。")  # others are not locked


async def test_a_code_in_a_group_is_burnt_and_its_issuer_told(centre: Centre) -> None:
    code = await centre.code_for(C)
    before = await centre.count()
    assert await centre.ask(f"我们的码是{code}，谁帮我绑一下", PRETENDER, FIRST) == (
        "这是一张绑定码，已作废，请勿在群里发送。已通知中心；请私聊我绑定。"
    )
    [gone] = [one for one in await centre.qq.recalled() if code in one["text"]]
    assert (gone["conversation"], gone["operator_id"]) == (f"group:{FIRST}", SELF)
    await centre.qq.wait_shown(f"【绑定码作废】您发放给「{C}」的绑定码", user=STAFF, after=before)
    assert await centre.ask(f"绑定 {code}", PRETENDER) == BAD_CODE


async def test_a_claim_binds_once_staff_have_telephoned_until_it_is_given_up(centre: Centre) -> None:
    assert (await centre.ask(f"绑定 {A}", year.CLAIMANT)).startswith(f"已收到您绑定「{A}」的申请")
    assert await centre.ask("成绩", year.CLAIMANT) == NOT_BOUND
    alarm = (await centre.qq.wait_shown("【工作提醒】", group=OFFICE))["text"]
    number = alarm.partition("有新的绑定申请 ")[2].partition(f"：{A}")[0]
    assert f"· {number}号 {A}（绑定申请" in await centre.ask("待办", STAFF, OFFICE)
    assert "0550-" not in await centre.ask(f"批准 {number}", STAFF, OFFICE)
    await centre.claimed(year.CLAIMANT, A)
    preview, done = await centre.confirmed(f"批准 {number}")
    assert "名录电话：0550-1111111" in preview
    assert f"该账号已绑定「{A}」" in done
    await centre.qq.wait_shown(f"您绑定「{A}」的申请已通过", user=year.CLAIMANT)
    await centre.qq.wait_shown("新绑定了账号 QQ 300****15", user=ONE)
    assert "· 凝血试验：已报（3月19日 07:43）" in await centre.ask("上报", year.CLAIMANT)
    assert (await centre.ask("解绑", year.CLAIMANT)).startswith(f"已解除与「{A}」的绑定。")
    await centre.unbound(year.CLAIMANT)
    for word in OWN:
        assert await centre.ask(word, year.CLAIMANT) == NOT_BOUND


async def test_released_scores_and_certificates_reach_their_lab_only(centre: Centre) -> None:
    before = await centre.count()
    for word in ("公布成绩 2025 第2次", "公布证书 2025"):
        await centre.confirmed(word, group=OFFICE)
    for user in (ONE, OF_B):
        for kind in ("成绩", "证书"):
            pushed = await centre.qq.wait_shown(f"【{kind}", user=user, after=before)
            assert f"发送「{kind}" in pushed["text"]
    await centre.qq.wait_shown("【成绩", group=FIRST, after=before)
    assert (await centre.ask("成绩 2025 第2次", ONE)).startswith(
        f"【成绩】{A} 2025年第2次\n· 凝血试验：PT成绩 100，合格\n· 糖化血红蛋白：PT成绩 80，合格\n· 血型：不计分\n"
    )
    assert (await centre.ask("成绩", OF_B)).startswith(
        f"【成绩】{B} 2025年第2次\n· 凝血试验：PT成绩 60，不合格（及格 3/5）\n  备注：备注乙\n"
        "  以往成绩不全，是否连续不合格未知\n· 糖化血红蛋白：PT成绩 90，合格（及格 9/10）\n数据截至 "
    )
    for user, lab, number in ((ONE, A, "甲证-A01\n· 糖化血红蛋白：未发放"), (OF_B, B, "乙证-A01")):
        assert f"【证书】{lab} 2025年\n· 凝血试验：已发放 {number}\n数据" in await centre.ask("证书 2025", user)
    for user in (PRETENDER, OWNER, year.CLAIMANT):
        for word in ("成绩 2025 第2次", "成绩 凝血", "证书 2025"):
            assert await centre.ask(word, user) == NOT_BOUND
            await centre.ask(f"/{word}", user, FIRST)
    assert "PT成绩 100" in await centre.ask(f"单位 {CODES[A]}", STAFF)


async def test_the_office_is_a_group_as_well(centre: Centre) -> None:
    """No code is said there, neither out of the roster, nor out of a card, nor back to who typed it."""
    code = CODES[A]
    assert (await centre.ask(f"单位 {code}", STAFF, OFFICE)).endswith("编码、上报和成绩请私聊查看。")
    assert "· 晴川医院＊：缺少姓名" in await centre.settled("还没有读到", "未备注", STAFF, OFFICE)
    for word in WITH_A_CODE:
        await centre.ask(f"/{word} {code}", STAFF, OFFICE)


async def test_after_a_power_cut_bindings_stand_and_only_the_silent_are_reminded(centre: Centre) -> None:
    await centre.bot.kill()
    before, connects = await centre.count(), (await centre.qq.state())["connects"]
    await centre.bot.start("--clock", "2026-03-24T17:00:05+08:00x30", "--really")  # the stage of 3 days is near
    await centre.qq.wait_state(20, connected=True, connects=connects + 1)
    assert f"{A}，实验室编码 {CODES[A]}" in await centre.ask("我的", ONE)
    assert await centre.ask("我的", year.CLAIMANT) == NOT_BOUND
    told = await centre.qq.wait_shown("【上报提醒】", user=OF_B, after=before, timeout=20)
    assert f"\n{B}\n· 凝血试验：未报\n" in told["text"]
    await centre.settled("待发 [1-9]|发送中 [1-9]", "投递", STAFF)
    reminded = [one["conversation"] for one in await centre.qq.shown(contains="【上报提醒】", after=before)]
    late = {f"private:{user}" for user in (OF_B, year.OF_C, year.OF_D)}  # of those who are bound by now
    assert set(reminded) - late == {f"group:{FIRST}", f"group:{OFFICE}"}
    assert len(reminded) == len(set(reminded))
    assert not await centre.qq.shown(group=FOREIGN)
