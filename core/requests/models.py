"""A request waits for staff: a claim to a lab, a problem with samples (later: 退回, 不能检测, 留言)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.access import Account


class RequestKind(StrEnum):
    BINDING = "binding"
    RECEIPT_PROBLEM = "receipt_problem"
    RETURN = "return"  # 退回申请
    NOT_TESTED = "not_tested"  # 不能检测
    MESSAGE = "message"  # 留言


class RequestState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Request:
    """`id` is its number in chat. `text` is what the asker wrote."""

    id: int
    kind: RequestKind
    account: Account
    lab_id: int
    lab_name: str
    text: str = field(repr=False)
    state: RequestState
    asked_at: datetime
    expires_at: datetime | None = None
    lab_stopped: bool = False
