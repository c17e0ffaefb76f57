"""The example reports of a demonstration: whether there are any, and away with them. What they are made of is written by flow."""

from tanggap.notification import store as notification
from tanggap.platform.database import Connection, Transaction


async def has_examples(conn: Connection, city: str) -> bool:
    """Whether example reports stand in the tables."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM report WHERE city = $1 AND is_example)", city))


async def remove_examples(tx: Transaction, city: str) -> dict[str, int]:
    """Delete everything that is marked as an example; needs the owner of the tables. Returns rows by table.

    A real report that was joined to an example waits again, so that somebody looks at it.
    """
    await tx.execute(
        """UPDATE report r SET incident = NULL, state = 'waiting', disposition = NULL, claimed_by = NULL, claimed_at = NULL,
                               rev = rev + 1
           WHERE city = $1 AND NOT is_example
             AND EXISTS (SELECT FROM incident i WHERE i.city = r.city AND i.id = r.incident AND i.is_example)""",
        city,
    )
    await notification.remove_examples(tx, city)
    gone: dict[str, int] = {}
    for table in ("feedback", "photo", "assignment", "timeline", "report", "incident"):
        status = await tx.execute(f"DELETE FROM {table} WHERE city = $1 AND is_example", city)
        gone[table] = int(status.rsplit(" ", 1)[1])
    await tx.execute(
        "DELETE FROM caller c WHERE city = $1 AND NOT EXISTS (SELECT FROM report r WHERE r.city = c.city AND r.caller = c.id)",
        city,
    )
    return gone
