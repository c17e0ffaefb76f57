"""The database: a pool of connections that know their city, transactions, and one error for «not there»."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Self, TypeAlias

import asyncpg
import msgspec

from tanggap.platform.telemetry import DATABASE_AWAY

#: The database role that all work of the app runs as; row-level security binds it.
APP_ROLE = "tanggap_app"
#: Seconds to wait for a connection (a new one, or a free one of the pool) before saying «away».
PATIENCE_S = 5.0
#: What a statement raises when PostgreSQL is gone, cannot write, has no room or is too busy: trying again later may work.
AWAY: tuple[type[Exception], ...] = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,
    asyncpg.PostgresIOError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
)
#: Those of them that say: somebody else holds what the statement needs. The database is there, and nothing was written.
CONTENDED = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
#: What getting a connection raises on top of that: no socket, no answer in time, the pool exhausted.
UNREACHABLE: tuple[type[Exception], ...] = (OSError, *AWAY)


class DatabaseAway(Exception):  # noqa: N818 - the house names what happened
    """PostgreSQL cannot be reached, is starting, or cannot write; nothing was promised, try again soon."""

    def __init__(self, why: str) -> None:
        """Say why, and count it."""
        DATABASE_AWAY.inc()
        super().__init__(why)

    @property
    def is_contended(self) -> bool:
        """Whether somebody else only held what the statement needed."""
        return isinstance(self.__cause__, CONTENDED)


class StatementCount:
    """How many statements went to the database, and which."""

    def __init__(self) -> None:
        """Start at none."""
        self.statements: list[str] = []

    @property
    def total(self) -> int:
        """The number of statements, BEGIN and COMMIT included."""
        return len(self.statements)


class CityConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg is untyped
    """A connection that remembers which city it is set to, and counts what it sends when asked."""

    __slots__ = ("city", "counts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start with no city and nobody counting."""
        super().__init__(*args, **kwargs)
        self.city: str | None = None
        self.counts: list[StatementCount] = []

    async def use_city(self, city: str) -> None:
        """See this city's rows from now on; no round trip when it is the connection's city already."""
        if self.city != city:
            self.city = None
            await self.execute("select set_config('tanggap.city', $1, false)", city)
            self.city = city

    def _count(self, query: str) -> None:
        for count in self.counts:
            count.statements.append(query)

    def execute(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg, counted."""
        self._count(query)
        return super().execute(query, *args, **options)

    def executemany(self, command: str, args: Any, **options: Any) -> Any:
        """As asyncpg, counted once: it is one round trip."""
        self._count(command)
        return super().executemany(command, args, **options)

    def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg, counted."""
        self._count(query)
        return super().fetch(query, *args, **options)

    def fetchmany(self, query: str, args: Any, **options: Any) -> Any:
        """As asyncpg, counted once: it is one round trip, and one transaction of its own where there is none."""
        self._count(query)
        return super().fetchmany(query, args, **options)

    def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg, counted."""
        self._count(query)
        return super().fetchrow(query, *args, **options)

    def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg, counted."""
        self._count(query)
        return super().fetchval(query, *args, **options)


Connection: TypeAlias = CityConnection
#: A connection inside begin … commit.
Transaction: TypeAlias = CityConnection


class Database:
    """One pool of connections, shared by a process."""

    def __init__(self, pool: asyncpg.Pool, counts: list[StatementCount]) -> None:
        """Use `open`."""
        self._pool = pool
        self._counts = counts

    @classmethod
    async def open(cls, dsn: str, *, min_size: int = 1, max_size: int = 10) -> Self:
        """Make the pool; while PostgreSQL is away the process lives, and each use of the pool says `DatabaseAway`."""
        counts: list[StatementCount] = []

        async def prepare(connection: CityConnection) -> None:
            connection.counts = counts
            await _teach_jsonb(connection)

        pool = await asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=max_size,
            connection_class=CityConnection,
            init=prepare,
            reset=_leave_clean,
            timeout=PATIENCE_S,
            max_inactive_connection_lifetime=120,
            server_settings={
                "role": APP_ROLE,
                "application_name": "tanggap",
                "timezone": "UTC",
                "statement_timeout": "30s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "30s",
            },
        )
        database = cls(pool, counts)
        await database._warm(min_size)
        return database

    async def close(self) -> None:
        """Close every connection, waiting a moment for those in use."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self, city: str) -> AsyncIterator[Transaction]:
        """BEGIN … COMMIT for one city: everything inside is written together, or nothing.

        Raises:
            DatabaseAway: also when it went away during COMMIT, so repeat only what can be recognised as the same.
        """
        async with self._connection(city) as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def reading(self, city: str) -> AsyncIterator[Connection]:
        """A connection for one city without a transaction: each statement stands for itself."""
        async with self._connection(city) as connection:
            yield connection

    @contextmanager
    def count_statements(self) -> Iterator[StatementCount]:
        """Count what is sent through this pool while the block runs (for tests and benchmarks)."""
        count = StatementCount()
        self._counts.append(count)
        try:
            yield count
        finally:
            self._counts.remove(count)

    @asynccontextmanager
    async def _connection(self, city: str) -> AsyncIterator[CityConnection]:
        try:
            # A free connection is there at once: the timer of a timeout would cost more than taking it.
            patience_s = None if self._pool.get_idle_size() else PATIENCE_S
            connection = await self._pool.acquire(timeout=patience_s)
        except UNREACHABLE as error:
            raise DatabaseAway(f"no connection: {type(error).__name__}") from error
        try:
            await connection.use_city(city)
            yield connection
        except AWAY as error:
            raise DatabaseAway(type(error).__name__) from error
        except asyncpg.InterfaceError as error:
            if "clos" not in str(error):
                raise
            raise DatabaseAway(str(error)) from error
        finally:
            await self._pool.release(connection, timeout=PATIENCE_S)

    async def _warm(self, size: int) -> None:
        async def touch() -> None:
            async with self._pool.acquire(timeout=PATIENCE_S) as connection:
                await connection.execute("select")

        for outcome in await asyncio.gather(*(touch() for _ in range(size)), return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, UNREACHABLE):
                raise outcome


async def _leave_clean(connection: CityConnection) -> None:
    """Give a connection back without a round trip: asyncpg has ended its transaction, and its city is remembered."""


async def _teach_jsonb(connection: CityConnection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda blob: msgspec.json.decode(blob[1:]),
    )
