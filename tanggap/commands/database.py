"""This installation's database, open for one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.settings import Settings
from tanggap.platform.supervisor import StartError, database_dsn

NOT_ANSWERING = "The database does not answer; start Tanggap first."


@asynccontextmanager
async def opened_database(settings: Settings, when_away: str = NOT_ANSWERING, connections: int = 1) -> AsyncIterator[Database]:
    """The database, closed at the end. `when_away`: what to tell when it does not answer.

    Raises:
        StartError: there is none yet, or it does not answer.
    """
    try:
        db = await Database.open(database_dsn(settings), min_size=0, max_size=connections)
    except FileNotFoundError as error:
        raise StartError(f"There is no database in {settings.home} yet; start with `tanggap up` or `make run`.") from error
    try:
        yield db
    except DatabaseAway as error:
        raise StartError(when_away) from error
    finally:
        await db.close()
