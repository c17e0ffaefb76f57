"""What `tanggap doctor` looks at: each check says in one sentence what it found, and whether that is sound."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

from tanggap.city.rules import store as rules
from tanggap.city.rules.model import standing_from
from tanggap.incident.timeline.store import broken_chains
from tanggap.notification import store as messages
from tanggap.notification.settings import FILE, notification_settings, secret_of, secrets_of
from tanggap.platform.clock import utcnow
from tanggap.platform.database import Database, DatabaseAway
from tanggap.platform.jobs import backlog
from tanggap.platform.migrate import MigrationError, pending
from tanggap.platform.settings import Settings, SettingsError
from tanggap.telephony.health import voice_health
from tanggap.telephony.recording.keeping import Folder, room_of
from tanggap.telephony.settings import recordings_folder, telephony_settings
from tanggap.verification.weather import service as weather
from tanggap.verification.weather.settings import FILE as WEATHER_FILE
from tanggap.verification.weather.settings import weather_settings

#: PostgreSQL versions that the migrations are written for.
OLDEST_POSTGRES = 15
#: The app's and the database's clocks may differ by this much before times in the timeline look wrong.
CLOCK_TOLERANCE = timedelta(seconds=1)
#: Less free space than this, and the database may stop writing soon.
LEAST_FREE_BYTES = 1_000_000_000
#: A due job older than this means that no worker runs, or that it cannot keep up.
OLDEST_DUE_JOB_S = 60.0
#: A bulk of messages takes its time at a gateway's rate; one that is due for longer than this says that nobody sends.
OLDEST_DUE_MESSAGE_S = 900.0
#: More ended calls than this whose recordings are not sealed: nobody does it.
MOST_WAITING = 60
#: A check that reads a whole table of millions may take this long.
LONGEST_CHECK_S = 900


class Finding(msgspec.Struct, frozen=True):
    """What one check found."""

    check: str
    sound: bool
    said: str


class Patient(msgspec.Struct, frozen=True):
    """What a check may look at."""

    settings: Settings
    db: Database


async def check_database(patient: Patient) -> tuple[bool, str]:
    """PostgreSQL answers, in a version that the house knows, and writes safely."""
    async with patient.db.reading(patient.settings.city) as conn:
        row = await conn.fetchrow(
            "select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as version,"
            " current_setting('fsync') as fsync, current_setting('full_page_writes') as pages"
        )
    if row["major"] < OLDEST_POSTGRES:
        return False, f"PostgreSQL {row['version']} is too old; {OLDEST_POSTGRES} or newer is needed"
    if row["fsync"] != "on" or row["pages"] != "on":
        return False, "fsync or full_page_writes is off: acknowledged reports could be lost; switch both on"
    return True, f"PostgreSQL {row['version']} answers, fsync on"


async def check_migrations(patient: Patient) -> tuple[bool, str]:
    """The database is at this version."""
    async with patient.db.reading(patient.settings.city) as conn:
        try:
            missing = await pending(conn)
        except MigrationError as error:
            return False, str(error)
    return (
        (False, f"missing: {', '.join(missing)}; run `tanggap migrate`") if missing else (True, "the database is at this version")
    )


async def check_clock(patient: Patient) -> tuple[bool, str]:
    """This machine and the database agree on the time."""
    async with patient.db.reading(patient.settings.city) as conn:
        before = utcnow()
        database_now = await conn.fetchval("select clock_timestamp()")
        offset = database_now - (before + (utcnow() - before) / 2)
    said = f"{offset.total_seconds() * 1000:+.0f} ms between this machine and the database"
    return (True, said) if abs(offset) <= CLOCK_TOLERANCE else (False, f"{said}; run a time service (NTP) on both")


async def check_disk(patient: Patient) -> tuple[bool, str]:
    """There is room to write."""
    free = shutil.disk_usage(patient.settings.home).free
    said = f"{free / 1e9:.1f} GB free in {patient.settings.home}"
    return (True, said) if free >= LEAST_FREE_BYTES else (False, f"{said}; make room before the database stops")


async def check_recordings(patient: Patient) -> tuple[bool, str]:
    """There is room to record, and ended calls are sealed."""
    folder = Folder(recordings_folder(patient.settings, telephony_settings(patient.settings)))
    room = await asyncio.to_thread(room_of, folder)
    said = f"{room.free / 1e9:.1f} GB free in {folder.root}, {room.waiting} ended calls wait to be sealed"
    if not room.is_enough:
        return False, f"{said}; calls go on, but recording may stop at any moment: make room"
    return (False, f"{said}; is a worker running?") if room.waiting > MOST_WAITING else (True, said)


async def check_voice(patient: Patient) -> tuple[bool, str]:
    """Calls can come in and go out."""
    return await voice_health(patient.settings, utcnow())


async def check_jobs(patient: Patient) -> tuple[bool, str]:
    """Jobs are done in time, and none was given up."""
    queue = await backlog(patient.db, patient.settings.city, utcnow())
    said = f"{queue.due} due, oldest {queue.oldest_due_s:.0f} s, {queue.later} later, {queue.failed} given up"
    if queue.failed:
        return False, f"{said}; see table job, column last_error"
    return (False, f"{said}; is a worker running?") if queue.oldest_due_s > OLDEST_DUE_JOB_S else (True, said)


async def check_notifications(patient: Patient) -> tuple[bool, str]:
    """Providers of messages have their secrets and answer, nothing waits for long, and no failed message is nobody's."""
    city, now = patient.settings.city, utcnow()
    listed = notification_settings(patient.settings).provider
    for provider in listed:
        for file in secrets_of(provider):
            secret_of(patient.settings, file)
    async with patient.db.reading(city) as conn:
        down = [one for one in await messages.provider_states(conn, city) if one.retry_at is not None]
        dead = await messages.undelivered(conn, city)
        due, since = await messages.oldest_due(conn, city, now)
    waits_s = (now - since).total_seconds() if since else 0.0
    said = f"{len(listed)} providers in {FILE}, {due} messages due, oldest {waits_s:.0f} s"
    if down:
        return False, f"{said}; {down[0].name} fails since {down[0].open_since:%H:%M} UTC: {down[0].last_error}"
    if dead.many:
        return False, f"{said}; {dead.many} failed messages that nobody has taken, see /pengawas/pesan"
    return (False, f"{said}; is a worker running?") if waits_s > OLDEST_DUE_MESSAGE_S else (True, said)


async def check_weather(patient: Patient) -> tuple[bool, str]:
    """The feed of the weather answers, where there is one."""
    said = weather_settings(patient.settings)
    if not said.is_on:
        return True, f"no {WEATHER_FILE}: warnings of the weather are no evidence here"
    now = utcnow()
    async with patient.db.reading(patient.settings.city) as conn:
        found = await weather.shown(conn, patient.settings.city, now)
    if found is None:
        return False, "the feed was not asked yet; is a worker running?"
    since = f"last sound answer {found.feed.sound_at:%d %b %H:%M} UTC" if found.feed.sound_at else "no sound answer yet"
    if found.feed.flaw:
        return False, f"{since}, {found.feed.fails} failures since: {found.feed.flaw}"
    return not found.is_stale, f"{since}, {len(found.warned)} warnings in force"


async def check_rules(patient: Patient) -> tuple[bool, str]:
    """Every row of the rules can be read, and a draft that was set for a time came into force."""
    async with patient.db.reading(patient.settings.city) as conn:
        standing = standing_from(await rules.rules(conn, patient.settings.city))
        schedule = await rules.schedule(conn, patient.settings.city)
    broken = [f"{kind} {code}" for (kind, code), entry in standing.items() if not entry.is_sound]
    if broken:
        return (
            False,
            f"cannot be read, and the last version that can serves: {', '.join(broken[:3])}; mend it at /koordinator/aturan",
        )
    if schedule is not None and schedule.refused_at is not None:
        return False, "a draft did not pass when its time came; see /koordinator/aturan/rancangan"
    return True, f"{len(standing)} rules can be read"


async def check_settings(patient: Patient) -> tuple[bool, str]:
    """Keys are private, and this is not a demonstration that the world can reach."""
    key_file = patient.settings.secret_file
    if not key_file.exists():
        return False, f"the key file {key_file} is missing; restore it from the backup"
    if key_file.stat().st_mode & 0o077:
        return False, f"the key file can be read by others; run: chmod 600 {key_file}"
    return True, f"settings are sound, keys in {key_file} are private"


async def check_timeline(patient: Patient) -> tuple[bool, str]:
    """Every entry of the timeline still hashes to what was written, and none is missing."""
    city = patient.settings.city
    async with patient.db.transaction(city) as tx:
        await tx.execute("set local statement_timeout = 0")
        broken = await broken_chains(tx, city)
        entries = await tx.fetchval("select count(*) from timeline where city = $1", city)
    if broken:
        named = ", ".join(str(subject) for subject in broken[:3])
        return False, f"the chain is broken at {len(broken)} subjects, such as {named}: compare with a backup"
    return True, f"{entries} entries, every chain is whole"


#: Every check, in the order shown.
CHECKS: dict[str, Callable[[Patient], Awaitable[tuple[bool, str]]]] = {
    "settings": check_settings,
    "database": check_database,
    "migrations": check_migrations,
    "clock": check_clock,
    "disk": check_disk,
    "recordings": check_recordings,
    "voice": check_voice,
    "jobs": check_jobs,
    "notifications": check_notifications,
    "weather": check_weather,
    "rules": check_rules,
    "timeline": check_timeline,
}


async def examine(patient: Patient) -> list[Finding]:
    """Run every check; one that cannot be made counts as not sound."""
    findings = []
    for name, check in CHECKS.items():
        try:
            async with asyncio.timeout(LONGEST_CHECK_S):
                sound, said = await check(patient)
        except (DatabaseAway, OSError, SettingsError) as error:
            sound, said = False, f"cannot be checked: {error or type(error).__name__}"
        findings.append(Finding(name, sound, said))
    return findings
