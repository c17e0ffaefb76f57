"""Pictures, already cleaned: the only SQL of photos."""

from uuid import UUID

from tanggap.incident.photos.model import Photo
from tanggap.incident.refusals import NotFound
from tanggap.incident.store import one, to_struct
from tanggap.platform.database import Connection, Transaction

PHOTO_COLUMNS = ", ".join(Photo.__struct_fields__)


async def insert_photo(
    tx: Transaction,
    city: str,
    photo: Photo,
    *,
    added_by: UUID | None,
    sha256: bytes,
    full: bytes,
    thumbnail: bytes,
    is_example: bool,
) -> None:
    """Write a picture, already cleaned."""
    sql = """INSERT INTO photo (city, id, report, incident, assignment, agency, added_at, added_by, mime, width, height, sha256,
                                full_image, thumbnail, is_example)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'image/jpeg', $9, $10, $11, $12, $13, $14)"""
    await tx.execute(
        sql, city, photo.id, photo.report, photo.incident, photo.assignment, photo.agency, photo.added_at, added_by,
        photo.width, photo.height, sha256, full, thumbnail, is_example,
    )  # fmt: skip


async def photos_of(conn: Connection, city: str, *, incident: UUID | None = None, report: UUID | None = None) -> list[Photo]:
    """Pictures of an incident (and of the reports about it) or of one report, oldest first."""
    sql = f"""SELECT {PHOTO_COLUMNS} FROM photo WHERE city = $1 AND (
                  incident = $2 OR report = $3
                  OR ($2::uuid IS NOT NULL AND report IN (SELECT id FROM report WHERE city = $1 AND incident = $2)))
              ORDER BY added_at"""
    return [to_struct(Photo, row) for row in await conn.fetch(sql, city, incident, report)]


async def photo(conn: Connection, city: str, photo_id: UUID) -> Photo:
    """Raises NotFound."""
    return await one(Photo, conn, f"SELECT {PHOTO_COLUMNS} FROM photo WHERE city = $1 AND id = $2", city, photo_id)


async def photo_bytes(conn: Connection, city: str, photo_id: UUID, *, thumbnail: bool) -> bytes:
    """The picture itself, JPEG. Raises NotFound."""
    column = "thumbnail" if thumbnail else "full_image"
    image: bytes | None = await conn.fetchval(f"SELECT {column} FROM photo WHERE city = $1 AND id = $2", city, photo_id)
    if image is None:
        raise NotFound(kind="photo")
    return image
