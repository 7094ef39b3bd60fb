"""What real implementations send, read right: messages become `Incoming`, failures get their outcome class.

Shapes: copies of what NapCat, Lagrange, go-cqhttp and onebots put on the wire.
"""

import json
from pathlib import Path
from typing import Any

import nonebot
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import ActionFailed, ApiNotAvailable, MessageEvent, NetworkError

from bot.channels.onebot.adapter import install
from bot.channels.onebot.classify import classify
from bot.channels.onebot.receive import incoming, is_for_people
from core.access import Account, PlaceKind
from core.pushes.states import Outcome
from tests.fakeqq.wire import NOT_A_FRIEND, NOT_IN_GROUP, NOT_RECALLED, event_failed

SHAPES = Path(__file__).parent / "fixtures" / "onebot"


def shape(name: str) -> dict[str, Any]:
    return dict(json.loads((SHAPES / f"{name}.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module", autouse=True)
def _adapter() -> None:
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")


def event(name: str) -> MessageEvent:
    found = install(frozenset()).json_to_event(shape(name))
    assert isinstance(found, MessageEvent)
    return found


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("napcat_send_failed_1200", Outcome.NOT_SENT),
        ("napcat_send_failed_1200_timeout", Outcome.UNKNOWN),
        ("napcat_bad_params_1400", Outcome.REFUSED),
        ("napcat_unknown_action_1404", Outcome.REFUSED),
        ("gocq_send_failed_100", Outcome.UNKNOWN),
        ("gocq_group_not_found_100", Outcome.REFUSED),
        ("gocq_unknown_action_404", Outcome.REFUSED),
        ("lagrange_send_failed_9000", Outcome.UNKNOWN),
        ("lagrange_send_failed_native_code", Outcome.NOT_SENT),
        ("lagrange_unknown_action_404", Outcome.REFUSED),
        ("onebots_send_failed_minus1", Outcome.UNKNOWN),
    ],
)
def test_what_a_failed_send_means(name: str, outcome: Outcome) -> None:
    assert classify(ActionFailed(**shape(name)))[0] is outcome


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (ApiNotAvailable(), Outcome.NOT_SENT),
        (NetworkError("WebSocket call api send_msg timeout"), Outcome.UNKNOWN),
        (ConnectionError("socket closed during the call"), Outcome.UNKNOWN),
        (ActionFailed(retcode=1200, message="something never seen before"), Outcome.UNKNOWN),
    ],
)
def test_what_a_broken_call_means(fault: Exception, outcome: Outcome) -> None:
    assert classify(fault)[0] is outcome


def napcat(text: str) -> ActionFailed:
    return ActionFailed(retcode=1200, message=text, wording=text)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (event_failed(120), Outcome.NOT_SENT),
        (event_failed(-1, "rich media transfer failed"), Outcome.NOT_SENT),
        (event_failed(110), Outcome.REFUSED),
        (event_failed(16), Outcome.REFUSED),
        (NOT_IN_GROUP, Outcome.REFUSED),
        (NOT_A_FRIEND, Outcome.REFUSED),
        (event_failed(0), Outcome.UNKNOWN),
        ("EventChecker Failed: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg", Outcome.UNKNOWN),
        (NOT_RECALLED, Outcome.UNKNOWN),
        ("无法获取用户信息", Outcome.REFUSED),
        ("消息体无法解析, 请检查是否发送了不支持的消息类型", Outcome.REFUSED),
        ("Get Uid Error", Outcome.REFUSED),
        ("请指定正确的 group_id 或 user_id", Outcome.REFUSED),
        ("消息发送失败", Outcome.UNKNOWN),
        ("", Outcome.UNKNOWN),
    ],
)
def test_only_the_text_tells_what_napcat_means(text: str, outcome: Outcome) -> None:
    assert classify(napcat(text))[0] is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (120, Outcome.NOT_SENT),
        (46, Outcome.NOT_SENT),
        (110, Outcome.REFUSED),
        (16, Outcome.REFUSED),
        (200, Outcome.UNKNOWN),
        (9000, Outcome.UNKNOWN),
        (-1, Outcome.UNKNOWN),
        (None, Outcome.UNKNOWN),
        (1403, Outcome.NOT_SENT),
    ],
)
def test_what_a_number_without_words_means(code: int | None, outcome: Outcome) -> None:
    assert classify(ActionFailed(status="failed", retcode=code, data=None))[0] is outcome


FIELDS = st.sampled_from(["retcode", "message", "wording", "msg"])


@given(st.dictionaries(FIELDS, st.none() | st.integers() | st.text()))
def test_every_failure_has_a_class_and_words_of_one_line(info: dict[str, Any]) -> None:
    outcome, words = classify(ActionFailed(**info))
    assert outcome is not Outcome.DELIVERED
    assert len(words) <= 300
    assert len(words.splitlines()) <= 1


@given(st.text())
def test_a_time_out_is_never_tried_again_whatever_else_is_said(text: str) -> None:
    assert classify(napcat(f"{text}Timeout: NTEvent{event_failed(120)}"))[0] is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("name", "place", "group", "text"),
    [
        ("napcat_group_message", PlaceKind.GROUP, "700100200", " 查询 课表"),
        ("napcat_private_message", PlaceKind.PRIVATE, "", "帮助"),
        ("napcat_private_message_group_temp", PlaceKind.TEMPORARY, "", "帮助"),
        ("napcat_group_message_string_format", PlaceKind.GROUP, "700100200", " 1,2 & [x]"),
        ("napcat_group_message_sender_not_cached", PlaceKind.GROUP, "700100200", "hi"),
        ("napcat_group_message_reply_image", PlaceKind.GROUP, "700100200", "[引用]"),
        ("gocq_group_message", PlaceKind.GROUP, "700100200", " 查询"),
        ("gocq_private_message", PlaceKind.PRIVATE, "", "帮助"),
        ("lagrange_group_message", PlaceKind.GROUP, "700100200", "查询"),
        ("onebots_group_message_wide_id", PlaceKind.GROUP, "700100200", "/members"),
    ],
)
def test_messages_of_all_implementations_are_read(name: str, place: PlaceKind, group: str, text: str) -> None:
    found = incoming(event(name))
    assert (found.place, found.group, found.text) == (place, group, text)
    assert found.account == Account("qq", "300400500")
    assert found.time.tzinfo is not None
    assert is_for_people(event(name))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("json", {"data": '{"desc":"我的绑定码 7K2M-Q4X9-WZ0B"}'}),
        ("xml", {"data": "<msg><title>7K2M-Q4X9-WZ0B</title></msg>"}),
        ("markdown", {"content": "**7K2M-Q4X9-WZ0B**"}),
        ("forward", {"id": "1", "content": [{"message": [{"type": "text", "data": {"text": "7K2M-Q4X9-WZ0B"}}]}]}),
    ],
)
def test_what_was_shared_in_a_group_is_handed_on_beside_the_text(kind: str, data: dict[str, Any]) -> None:
    sent = shape("napcat_group_message")
    sent["message"] = [{"type": "text", "data": {"text": "看看"}}, {"type": kind, "data": data}]
    event = install(frozenset()).json_to_event(sent)
    assert isinstance(event, MessageEvent)
    found = incoming(event)
    assert found.text == "看看"
    assert "7K2M-Q4X9-WZ0B" in found.shared


def test_pictures_and_private_chats_share_nothing() -> None:
    assert incoming(event("napcat_group_message_reply_image")).shared == ""
    sent = shape("napcat_private_message")
    sent["message"] = [{"type": "json", "data": {"data": '"7K2M-Q4X9-WZ0B"'}}]
    private = install(frozenset()).json_to_event(sent)
    assert isinstance(private, MessageEvent)
    assert incoming(private).shared == ""


def test_an_anonymous_member_is_nobody() -> None:
    assert not is_for_people(event("gocq_group_message_anonymous"))


def test_our_own_echo_is_no_message() -> None:
    found = install(frozenset()).json_to_event(shape("napcat_message_sent_self"))
    assert not isinstance(found, MessageEvent) or not is_for_people(found)


def test_what_people_write_does_not_go_to_the_log() -> None:
    with pytest.raises(nonebot.exception.NoLogException):
        event("napcat_group_message").get_log_string()
