"""Settings: a wrong value stops the start with the key, what is wrong, and an example."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot import settings
from bot.texts import say_error
from core.errors import DomainError
from tests.e2e import process

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def test_the_example_lists_every_key_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in settings.environment_keys():
        monkeypatch.delenv(key, raising=False)
    listed = dotenv_values(EXAMPLE, interpolate=False)
    assert set(listed) == set(settings.environment_keys())
    assert settings.load(str(EXAMPLE)) == settings.load(None)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("PORT", "abc", "设置 PORT 有误：应为整数。例如：PORT=8080"),
        ("PORT", "99999", "设置 PORT 有误：数值太大。例如：PORT=8080"),
        ("EQABOT_PASS_SCORE", "八十", "设置 EQABOT_PASS_SCORE 有误：应为数字。例如：EQABOT_PASS_SCORE=80"),
        ("EQABOT_PASS_SCORE", "101", "设置 EQABOT_PASS_SCORE 有误：数值太大。例如：EQABOT_PASS_SCORE=80"),
        (
            "EQABOT_QUIET_HOURS",
            "9点",
            "设置 EQABOT_QUIET_HOURS 有误：应写成 21:00-08:00 这样的时间段，留空表示不限。"
            "例如：EQABOT_QUIET_HOURS=21:00-08:00",
        ),
        (
            "EQABOT_REMINDER_OFFSETS",
            "7天",
            "设置 EQABOT_REMINDER_OFFSETS 有误：应写成 7d,3d,1d,3h 这样的天数或小时数。"
            "例如：EQABOT_REMINDER_OFFSETS=7d,3d,1d,3h",
        ),
        (
            "EQABOT_PACE_SECONDS",
            "6-3",
            "设置 EQABOT_PACE_SECONDS 有误：应写成 3-6 这样的秒数范围，或一个秒数。例如：EQABOT_PACE_SECONDS=3-6",
        ),
        (
            "EQABOT_ACCOUNTS",
            "10000",
            "设置 EQABOT_ACCOUNTS 有误：账号「10000」不对，应写成 qq:10001 这样的形式。"
            '例如：EQABOT_ACCOUNTS=["qq:10000"]',
        ),
        (
            "EQABOT_DATABASE_URL",
            "mysql://x",
            "设置 EQABOT_DATABASE_URL 有误：应为 sqlite+aiosqlite:/// 或 postgresql+asyncpg:// 开头的数据库地址。"
            "例如：EQABOT_DATABASE_URL=sqlite+aiosqlite:///data/eqabot.db",
        ),
        (
            "ONEBOT_WS_URLS",
            "http://x",
            '设置 ONEBOT_WS_URLS 有误：应为 ws:// 或 wss:// 开头的地址。例如：ONEBOT_WS_URLS=["ws://127.0.0.1:3001"]',
        ),
        *(
            (
                "ONEBOT_WS_URLS",
                url,
                "设置 ONEBOT_WS_URLS 有误：地址中不能写 access_token 或用户名，它们会出现在日志里。"
                '请去掉，改用 ONEBOT_ACCESS_TOKEN。例如：ONEBOT_WS_URLS=["ws://127.0.0.1:3001"]',
            )
            for url in ("ws://127.0.0.1:3001/?access_token=canary", "ws://canary@127.0.0.1:3001")
        ),
        (
            "EQABOT_DIGEST_AT",
            "九点",
            "设置 EQABOT_DIGEST_AT 有误：应写成 09:00 这样的时间，留空表示不发。例如：EQABOT_DIGEST_AT=09:00",
        ),
        (
            "EQABOT_HEARTBEAT_URL",
            "hc.example.org/canary",
            "设置 EQABOT_HEARTBEAT_URL 有误：应为 http:// 或 https:// 开头的地址。"
            "例如：EQABOT_HEARTBEAT_URL=https://hc.example.org/ping/…",
        ),
        *(
            (
                "EQABOT_WECOM_WEBHOOKS",
                value,
                '设置 EQABOT_WECOM_WEBHOOKS 有误：应为 {"群名": "https://…?key=…"} 这样的形式，群名不含空格。'
                '例如：EQABOT_WECOM_WEBHOOKS={"值班群": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…"}',
            )
            for value in (
                "https://x?key=canary",
                '["canary"]',
                '{"值班群": "canary"}',
                '{"值 班": "https://x?key=c"}',
            )
        ),
        (
            "EQABOT_SMTP_URL",
            "smtp://u:canary@mail.example.org/",
            "设置 EQABOT_SMTP_URL 有误：应写成 smtp://用户:密码@主机:587/?from=发件地址&to=收件地址 的形式，"
            "用户和密码中的特殊字符须转义。"
            "例如：EQABOT_SMTP_URL=smtp://user:pass@smtp.example.org:587/?from=a@example.org&to=b@example.org",
        ),
        (
            "LOG_LEVEL",
            "LOUD",
            "设置 LOG_LEVEL 有误：不是可选的值之一。例如：LOG_LEVEL=INFO",
        ),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, key: str, value: str, sentence: str) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(DomainError) as refusal:
        settings.load(None)
    assert say_error(refusal.value) == sentence


TOKEN, SECRET = "k7Qm2xVb9TzRw4Lp", "p4Lw8RzTb9xVm2Qk"
OPEN = (
    "HOST={host} 对外开放，但缺少 {missing}，任何人都能冒充工作人员，已拒绝启动。"
    "请在 .env 中设置这些密钥，或改用 HOST=127.0.0.1。"
)
WEAK = "{key} {fault}，容易被猜中，已拒绝启动。请换成至少 16 位的随机字母数字，并在 QQ 实现中填写同样的值。"
DIALLING = (
    "ONEBOT_WS_URLS 中的 {host} 不在本机，连接又不加密，但缺少 ONEBOT_ACCESS_TOKEN，已拒绝启动。"
    "请在两端设置同样的 ONEBOT_ACCESS_TOKEN。"
)


@pytest.mark.parametrize(
    ("host", "token", "secret", "sentence"),
    [
        ("0.0.0.0", TOKEN, "", OPEN.format(host="0.0.0.0", missing="ONEBOT_SECRET")),
        ("0.0.0.0", "", SECRET, OPEN.format(host="0.0.0.0", missing="ONEBOT_ACCESS_TOKEN")),
        ("192.0.2.1", "", "", OPEN.format(host="192.0.2.1", missing="ONEBOT_ACCESS_TOKEN、ONEBOT_SECRET")),
        ("::", TOKEN, "", OPEN.format(host="::", missing="ONEBOT_SECRET")),
        ("", TOKEN, "", OPEN.format(host="", missing="ONEBOT_SECRET")),
        ("127.0.0.1.example.org", TOKEN, "", OPEN.format(host="127.0.0.1.example.org", missing="ONEBOT_SECRET")),
        ("0.0.0.0", TOKEN[:-1], SECRET, WEAK.format(key="ONEBOT_ACCESS_TOKEN", fault="不足 16 位")),
        ("0.0.0.0", TOKEN, SECRET[:-1], WEAK.format(key="ONEBOT_SECRET", fault="不足 16 位")),
        ("0.0.0.0", "passwordpassword", SECRET, WEAK.format(key="ONEBOT_ACCESS_TOKEN", fault="太简单")),
        ("0.0.0.0", TOKEN, "1234567890123456", WEAK.format(key="ONEBOT_SECRET", fault="太简单")),
        (
            "0.0.0.0",
            "（用 32 位随机字母数字）",
            SECRET,
            WEAK.format(key="ONEBOT_ACCESS_TOKEN", fault="是示例中的写法"),
        ),
        (
            "0.0.0.0",
            f"{TOKEN} {TOKEN}",
            SECRET,
            WEAK.format(key="ONEBOT_ACCESS_TOKEN", fault="含有英文字母、数字、符号以外的字符"),
        ),
    ],
)
def test_what_anybody_could_speak_through_refuses_to_start(
    monkeypatch: pytest.MonkeyPatch, host: str, token: str, secret: str, sentence: str
) -> None:
    for key, value in (("HOST", host), ("ONEBOT_ACCESS_TOKEN", token), ("ONEBOT_SECRET", secret)):
        monkeypatch.setenv(key, value)
    with pytest.raises(DomainError) as refusal:
        settings.check_transport(settings.load(None))
    assert say_error(refusal.value) == sentence


@pytest.mark.parametrize(
    ("host", "token", "secret"),
    [
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "short", "short"),
        ("127.0.0.53", "", ""),
        ("localhost", TOKEN, ""),
        ("::1", "", SECRET),
        ("0.0.0.0", TOKEN, SECRET),
        ("127.0.0.1", process.TOKEN, ""),
    ],
)
def test_this_machine_alone_or_both_secrets_are_enough(
    monkeypatch: pytest.MonkeyPatch, host: str, token: str, secret: str
) -> None:
    for key, value in (("HOST", host), ("ONEBOT_ACCESS_TOKEN", token), ("ONEBOT_SECRET", secret)):
        monkeypatch.setenv(key, value)
    settings.check_transport(settings.load(None))


@pytest.mark.parametrize(
    ("url", "token", "refused"),
    [
        ("ws://napcat.example.org:3001", "", "napcat.example.org"),
        ("ws://192.0.2.7:3001/", "", "192.0.2.7"),
        ("ws://napcat.example.org:3001", TOKEN, ""),
        ("wss://napcat.example.org", "", ""),
        ("ws://127.0.0.1:3001", "", ""),
    ],
)
def test_another_machine_is_not_dialled_in_the_clear_without_a_token(
    monkeypatch: pytest.MonkeyPatch, url: str, token: str, refused: str
) -> None:
    monkeypatch.setenv("ONEBOT_WS_URLS", f'["{url}"]')
    monkeypatch.setenv("ONEBOT_ACCESS_TOKEN", token)
    loaded = settings.load(None)
    if not refused:
        settings.check_transport(loaded)
        return
    with pytest.raises(DomainError) as refusal:
        settings.check_transport(loaded)
    assert say_error(refusal.value) == DIALLING.format(host=refused)


def test_the_example_as_it_stands_may_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in settings.environment_keys():
        monkeypatch.delenv(key, raising=False)
    settings.check_transport(settings.load(str(EXAMPLE)))


def test_a_file_that_is_not_utf8_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("EQABOT_CENTRE_NAME=演示中心".encode("gbk"))
    with pytest.raises(DomainError) as refusal:
        settings.load(str(file))
    assert say_error(refusal.value) == (
        "设置文件 .env 无法读取。请检查格式：每行一个 键=值，并保存为 UTF-8 编码。"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ONEBOT_ACCESS_TOKEN", "canary-token-value"),
        ("EQABOT_HEARTBEAT_URL", "https://hc.example.org/canary"),
        ("EQABOT_WECOM_WEBHOOKS", '{"值班群": "https://example.org/send?key=canary"}'),
        ("EQABOT_SMTP_URL", "smtp://u:canary@mail.example.org/?from=a@example.org&to=b@example.org"),
    ],
)
def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    monkeypatch.setenv(key, value)
    assert "canary" not in repr(settings.load(None))
