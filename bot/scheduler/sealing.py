"""What was done since the last tick is hung onto the chain of the log."""

from db.audit import BATCH
from db.unit import Database


async def seal_new(db: Database) -> None:
    """A batch a transaction, so that nobody waits long behind it; nobody waits where there is nothing to do."""
    if not await db.read(lambda tx: tx.has_open()):
        return
    while await db.write(lambda tx: tx.seal()) == BATCH:
        pass
