"""Who is on duty: the people of the 112 centre that may be told of something now."""

from datetime import datetime

from tanggap.people import service
from tanggap.people.model import Person, Role
from tanggap.platform.database import Connection


async def on_duty(conn: Connection, city: str, role: Role, now: datetime) -> list[Person]:
    """The people on duty in a role of the centre: those who are signed in with it, in the order in which they were last seen."""
    return [one.person for one in await service.online(conn, city, now) if role in one.person.roles]
