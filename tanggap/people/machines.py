"""Tokens, by which machines come in."""

import secrets
from datetime import datetime
from uuid import UUID

from tanggap.people import store
from tanggap.people.audit import Audited, record_access
from tanggap.people.model import MAX_NAME, ApiToken, Person, Role, fit_roles, hash_of
from tanggap.platform.database import Connection, Transaction
from tanggap.platform.ids import new_id
from tanggap.platform.text import clean_text

#: Random bytes in a token.
TOKEN_BYTES = 32
#: What a token begins with, so that one that leaked is recognised by whoever finds it.
API_TOKEN_PREFIX = "tgp_"  # noqa: S105 - not a secret


async def issue_token(
    tx: Transaction,
    city: str,
    name: str,
    role: Role,
    agency: str | None,
    expires_at: datetime | None,
    by: Person | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a machine's token; returns it with its secret, which is shown once and stored nowhere.

    Raises:
        UnfitRoles: an agency role without agency, or the reverse.
    """
    fit_roles([role], agency)
    fit_name = clean_text(name, MAX_NAME).text.strip() or role.value
    token = ApiToken(city, new_id(), fit_name, role, agency, by.id if by else None, now, expires_at, None)
    secret = API_TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    await store.insert_token(tx, token, hash_of(secret))
    detail = {"name": fit_name, "role": role.value, "agency": agency}
    await record_access(tx, city, by, Audited.TOKEN_ISSUED, f"token:{token.id}", detail, now)
    return token, secret


async def token_of(conn: Connection, city: str, token_hash: bytes, now: datetime) -> ApiToken | None:
    """The valid token with that hash."""
    token = await store.token(conn, city, token_hash)
    return token if token and token.is_valid(now) else None


async def revoke_token(tx: Transaction, city: str, token_id: UUID, by: Person | None, now: datetime) -> None:
    """Take a token back. Web processes remember a token for two seconds at most. Raises UnknownPerson."""
    token = await store.revoke_token(tx, city, token_id, now)
    await record_access(tx, city, by, Audited.TOKEN_REVOKED, f"token:{token_id}", {"name": token.name}, now)


async def tokens(conn: Connection, city: str) -> list[ApiToken]:
    """All tokens, the newest first."""
    return await store.tokens(conn, city)
