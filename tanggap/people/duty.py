"""Who is on duty: the people of the 112 centre that may be told of something now."""

from datetime import datetime

from tanggap.people import signing_in, store
from tanggap.people.model import Person, Role
from tanggap.people.roster import attendance
from tanggap.platform.database import Connection


async def on_duty(conn: Connection, city: str, role: Role, now: datetime) -> list[Person]:
    """The people on duty in a role of the centre.

    Those who signed on to a shift in it; where nobody did, those whose turn it is by the roster. Where the roster says that it is
    nobody's turn, nobody: who is off duty is not alerted. A city that keeps no roster for the role, or none for this hour, has
    those who are signed in with it, in the order in which they were last seen.
    """
    by_roster = await attendance.on_duty(conn, city, role, now)
    if by_roster is None:
        return [one.person for one in await signing_in.online(conn, city, now) if role in one.person.roles]
    return await store.people_by_id(conn, city, by_roster)
