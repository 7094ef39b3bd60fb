"""Nobody learns anything of a lab he is not bound to (the long form: `python -m benchmarks.interference`)."""

from pathlib import Path

from tests.privacy.twins import MEMBER_A, Scenario, differences

PAIRS = 20


async def test_other_data_of_lab_b_changes_no_byte_for_anybody_else(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    await scenario.prepare()
    before = await scenario.seen(0)
    for seed in range(1, PAIRS + 1):
        after = await scenario.seen(seed)
        assert differences(before, after) == []
        before = after


async def test_the_scenario_says_enough_to_betray_something(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    await scenario.prepare()
    said = "\n".join(await scenario.seen(0))
    assert "PT" in said  # lab A hears its own score
    for what in ("明天下午系统维护", "【成绩公布】", "【证书发放】", "【质控品发放】", "【安排变更】", "不足3家"):
        assert what in said, what
    assert "【上报提醒】" in said
    assert f"qq:private:{MEMBER_A}" in said  # and its own reminder
    assert said.count("抱歉，处理时出错了") == 0
