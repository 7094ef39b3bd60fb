"""What taking down a request of any kind needs of a transaction."""

from datetime import datetime
from typing import Protocol

from core.access import Account, Principal
from core.pushes.models import Planned
from core.requests.models import Request, RequestKind


class AddTx(Protocol):
    async def count_requests(self, kind: RequestKind, account: Account, since: datetime) -> int: ...

    async def add_request(
        self,
        kind: RequestKind,
        account: Account,
        lab_id: int | None,
        text: str,
        now: datetime,
        expires_at: datetime | None,
        *,
        round_id: int | None = None,
        place: str = "private",
        place_id: str = "",
    ) -> Request: ...

    async def write_push(self, planned: Planned, now: datetime) -> None: ...

    async def audit(self, who: Principal, action: str, subject: str, detail: object, now: datetime) -> None: ...
