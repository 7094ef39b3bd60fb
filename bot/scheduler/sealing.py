"""What was done since the last tick is hung onto the chain of the log."""

from db.audit import BATCH
from db.unit import Database


async def seal_new(db: Database) -> None:
    """A batch a transaction, so that nobody waits long behind it."""
    while await db.write(lambda tx: tx.seal()) == BATCH:
        pass
