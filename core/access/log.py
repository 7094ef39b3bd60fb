"""The log as a use case asks for it, where a row is about a person."""

from datetime import datetime
from typing import Protocol

from core.access import Account, Principal


class LogTx(Protocol):
    async def audit(
        self,
        who: Principal,
        action: str,
        subject: str,
        detail: object,
        now: datetime,
        about: Account | None = None,
    ) -> None: ...
