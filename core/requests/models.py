"""A request waits for staff: a claim to a lab, a problem with samples, 退回, 不能检测, a 留言."""

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
    APPROVED = "approved"  # of a 留言: answered
    REFUSED = "refused"  # of a 留言: closed without an answer
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class About:
    """The round that a request is about."""

    round_id: int
    year: int
    n: int
    programme: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """`id` is its number in chat. `text` is what the asker wrote, `words` what staff answered, `decided_by` the
    account of staff as it stands in the table. A 留言 may be of nobody's lab; `place` and `place_id` (the group)
    say where it was written, and so where its answer belongs."""

    id: int
    kind: RequestKind
    account: Account
    lab_id: int | None
    lab_name: str
    text: str = field(repr=False)
    state: RequestState
    asked_at: datetime
    expires_at: datetime | None = None
    lab_stopped: bool = False
    about: About | None = None
    place: str = "private"
    place_id: str = ""
    decided_at: datetime | None = None
    decided_by: str = field(default="", repr=False)
    words: str = field(default="", repr=False)

    @property
    def waits(self) -> bool:
        return self.state is RequestState.WAITING

    @property
    def decider(self) -> str:
        """The account of staff, masked; empty once it was forgotten."""
        platform, colon, ident = self.decided_by.partition(":")
        return Account(platform, ident).masked if colon else ""

    @property
    def in_group(self) -> bool:
        return self.place == "group"
