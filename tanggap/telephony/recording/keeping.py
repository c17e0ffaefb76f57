"""The recordings' folder: captures of ended calls are sealed, sealed files whose time is over go, what a kill left is mended.

    pcaps/      rtpengine's: what is being recorded, and what waits to be sealed
    metadata/   rtpengine's: a file here says that its call is over
    sealed/     ours: <recording>.rec
    unknown/    what could not be read, or belongs to no call: for a person to look at

Every step can be done again. A capture goes only after the commit that says its recording is sealed; a sealed file goes before
the commit that says it is deleted, so no row ever claims more than is true.
"""

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from tanggap.incident.refusals import NotFound
from tanggap.platform.database import Connection, Database
from tanggap.platform.logs import Log
from tanggap.platform.secrets import Keyring
from tanggap.telephony import store
from tanggap.telephony.model import Call, RecordingState
from tanggap.telephony.recording import service
from tanggap.telephony.recording.capture import CaptureBroken, read_capture
from tanggap.telephony.recording.metadata import Metadata, orphan_metadata, read_metadata
from tanggap.telephony.recording.service import Sealed
from tanggap.telephony.recording.sides import Conversation, conversation
from tanggap.telephony.recording.silence import silent_share
from tanggap.telephony.recording.vault import seal, sync_folder
from tanggap.telephony.recording.wav import kept_wav

log = Log("recordings")

#: Below this, recording may stop at any moment: an alarm, while calls go on.
LEAST_FREE_BYTES: Final = 1_000_000_000
#: Ended calls that are sealed in one round; the rest follow in the next.
MOST_A_ROUND: Final = 20
#: Metadata of a call that the database does not know (yet) is tried again for this long, then set aside.
UNKNOWN_AFTER: Final = timedelta(hours=24)
#: What was set aside is kept for a person to look at for this long: it may be a voice, and it is not sealed.
UNKNOWN_KEPT: Final = timedelta(days=14)
#: A capture that has not grown for this long has lost its writer: every second of a call adds some to it.
ORPHAN_AFTER: Final = timedelta(minutes=10)
#: Sealed files that no row knows: a row may be about to be committed, so younger ones are left alone.
STRAY_AFTER: Final = timedelta(hours=1)


class Folder(msgspec.Struct, frozen=True):
    """Where recordings lie."""

    root: Path

    @property
    def sealed(self) -> Path:
        """Our own part of it."""
        return self.root / "sealed"

    def ended(self) -> list[Path]:
        """The metadata of calls that are over, the oldest first."""
        try:
            return sorted((self.root / "metadata").glob("*.txt"), key=lambda path: path.stat().st_mtime)
        except FileNotFoundError:
            return []

    def capture(self, name: str) -> Path:
        """A capture by its name; rtpengine's folder is called `pcaps`."""
        return self.root / "pcaps" / name

    def orphans(self, now: datetime) -> list[tuple[Metadata, Path]]:
        """Captures that nobody writes any more and that no metadata name, with what is known of them."""
        named = {_capture_in(path) for path in self.ended()}
        drafts = {_capture_in(path): path for path in (self.root / "tmp").glob("*.tmp")}
        found = []
        for capture in (self.root / "pcaps").glob("*.pcap"):
            if capture.name in named or now - _changed_at(capture) < ORPHAN_AFTER:
                continue
            draft = drafts.get(capture.name)
            found.append((orphan_metadata(capture.name, _text(draft) if draft else ""), draft or capture))
        return found

    def file_of(self, recording: UUID) -> Path:
        """Where a sealed recording lies."""
        return self.sealed / f"{recording}.rec"


class Room(msgspec.Struct, frozen=True):
    """How much room recordings have."""

    free: int  # bytes
    waiting: int  # ended calls whose recording is not sealed yet

    @property
    def is_enough(self) -> bool:
        """Whether recording goes on safely."""
        return self.free >= LEAST_FREE_BYTES


def room_of(folder: Folder) -> Room:
    """Look how much room there is. Raises OSError when the folder cannot be seen."""
    folder.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Room(shutil.disk_usage(folder.root).free, len(folder.ended()))


class Keeper:
    """Does what has to be done in the folder; one at a time in an installation."""

    def __init__(self, folder: Folder, keyring: Keyring, keep: timedelta) -> None:
        """Recordings are kept for `keep` from the moment their call began, unless somebody holds them."""
        self._folder = folder
        self._keyring = keyring
        self._keep = keep

    async def mend(self) -> None:
        """At the start: what a kill left half written goes."""
        self._folder.sealed.mkdir(parents=True, exist_ok=True, mode=0o700)
        for draft in self._folder.sealed.glob("*.part"):
            draft.unlink(missing_ok=True)

    async def seal_ended(self, db: Database, city: str, now: datetime) -> int:
        """Seal the recordings of calls that have ended; how many. One that fails leaves the others alone."""
        count = 0
        for path in (await asyncio.to_thread(self._folder.ended))[:MOST_A_ROUND]:
            try:
                count += await self._seal_one(db, city, path, now)
            except OSError as error:
                log.error("recording cannot be sealed", file=path.name, error=error.strerror or type(error).__name__)
        return count

    async def _seal_one(self, db: Database, city: str, path: Path, now: datetime) -> bool:
        try:
            told = read_metadata(await asyncio.to_thread(path.read_text, "utf-8", "replace"))
        except CaptureBroken as broken:
            log.error("metadata of a recording is unreadable", file=path.name, why=str(broken))
            await asyncio.to_thread(self._set_aside, path, "")
            return False
        return await self._seal_told(db, city, told, path, now)

    async def seal_orphans(self, db: Database, city: str, now: datetime) -> int:
        """Seal what an rtpengine that was killed left behind: captures that grow no more, of calls that have ended; how many."""
        count = 0
        for told, path in await asyncio.to_thread(self._folder.orphans, now):
            async with db.reading(city) as conn:
                call = await store.by_sip_id(conn, city, told.sip_id)
            if call is not None and call.is_over:
                log.warning("recording of an rtpengine that was killed", call=str(call.id))
                count += await self._seal_told(db, city, told, path, now)
        return count

    async def _seal_told(self, db: Database, city: str, told: Metadata, path: Path, now: datetime) -> bool:
        recording = service.recording_id(told.capture)
        async with db.transaction(city) as tx:
            call = await _call_of(tx, city, told)
            if call is not None:
                began = await service.begin(tx, city, recording, call, call.rang_at)
        if call is None:
            if now - await asyncio.to_thread(_changed_at, path) > UNKNOWN_AFTER:
                await asyncio.to_thread(self._set_aside, path, told.capture)
            return False
        is_sound = began.state is not RecordingState.FAILED
        if began.state is RecordingState.RECORDING:
            is_sound = await self._make(db, city, recording, told, now)
        if not is_sound:
            await asyncio.to_thread(self._set_aside, path, told.capture)
            return False
        await asyncio.to_thread(self._forget_capture, path, told.capture)
        return True

    async def _make(self, db: Database, city: str, recording: UUID, told: Metadata, now: datetime) -> bool:
        try:
            sealed = await asyncio.to_thread(self._sealed, recording, told)
        except FileNotFoundError:
            flaw = "no capture"
        except CaptureBroken as broken:
            flaw = str(broken)
        else:
            async with db.transaction(city) as tx:
                await service.stored(tx, city, recording, sealed, self._keep, now)
            return True
        log.error("recording failed", recording=str(recording), why=flaw)
        async with db.transaction(city) as tx:
            await service.failed(tx, city, recording, flaw, now)
        return False

    def _sealed(self, recording: UUID, told: Metadata) -> Sealed:
        heard = conversation(read_capture(self._folder.capture(told.capture)), told.ports, told.spoken)
        audio = kept_wav(heard.caller, heard.desk)
        path = self._folder.file_of(recording)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_id = seal(self._keyring, path, recording, audio)
        digest = hashlib.sha256(audio).digest()
        silence = silent_share(heard.caller, heard.desk) if not heard.unheard else None  # what was not heard was perhaps spoken
        return Sealed(path.name, key_id, digest, len(audio), heard.seconds, _flaw(heard), silence)

    def _forget_capture(self, path: Path, capture: str) -> None:
        """The recording is sealed and committed: what it was made from goes, the capture first."""
        self._folder.capture(capture).unlink(missing_ok=True)
        path.unlink(missing_ok=True)

    def _set_aside(self, path: Path, capture: str) -> None:
        """What cannot be read, or belongs to no call that we know, stays for a person to look at."""
        aside = self._folder.root / "unknown"
        aside.mkdir(exist_ok=True, mode=0o700)
        if capture and self._folder.capture(capture).exists():
            self._folder.capture(capture).replace(aside / capture)
        if path.exists():
            path.replace(aside / path.name)

    async def delete_expired(self, db: Database, city: str, now: datetime) -> int:
        """Delete the audio of recordings whose time is over and that nobody holds; how many."""
        async with db.reading(city) as conn:
            over = await store.expired_recordings(conn, city, now)
        count = 0
        for one in over:
            async with db.transaction(city) as tx:
                still = await store.lock_recording(tx, city, one.id)
                if still.state is not RecordingState.STORED or still.legal_hold:
                    continue
                await asyncio.to_thread(self._unlink, one.id)
                await service.deleted(tx, city, one.id, now)
                count += 1
        return count

    def _unlink(self, recording: UUID) -> None:
        self._folder.file_of(recording).unlink(missing_ok=True)
        sync_folder(self._folder.sealed)

    async def lost(self, db: Database, city: str) -> list[UUID]:
        """Recordings that should be in the folder and are not."""
        async with db.reading(city) as conn:
            known = await store.stored_recordings(conn, city)
        return await asyncio.to_thread(lambda: [one for one in known if not self._folder.file_of(one).exists()])

    async def sweep(self, db: Database, city: str, now: datetime) -> int:
        """Files of deleted recordings that have come back go again: somebody restored the folder from an older backup.

        What nobody asked for in `unknown/` goes too, after its time.
        """
        await asyncio.to_thread(self._forget_unknown, now)
        count = 0
        for path, recording in await asyncio.to_thread(lambda: list(self._old_files(now))):
            async with db.reading(city) as conn:
                try:
                    found = await store.recording(conn, city, recording)
                except NotFound:
                    log.warning("sealed recording of no call", file=path.name)
                    continue
            if found.state is RecordingState.DELETED:
                await asyncio.to_thread(self._unlink, recording)
                count += 1
        return count

    def _forget_unknown(self, now: datetime) -> None:
        for path in (self._folder.root / "unknown").glob("*"):
            if now - _changed_at(path) > UNKNOWN_KEPT:
                path.unlink(missing_ok=True)

    def _old_files(self, now: datetime) -> Iterator[tuple[Path, UUID]]:
        for path in self._folder.sealed.glob("*.rec"):
            try:
                recording = UUID(path.stem)
            except ValueError:
                continue
            if now - _changed_at(path) > STRAY_AFTER:
                yield path, recording


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _capture_in(path: Path) -> str:
    return Path(_text(path).partition("\n")[0].strip()).name


def _flaw(heard: Conversation) -> str:
    return f"{heard.unheard} packets in another codec" if heard.unheard else ""


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


async def _call_of(conn: Connection, city: str, told: Metadata) -> Call | None:
    if told.call is None:
        return await store.by_sip_id(conn, city, told.sip_id)
    try:
        return await store.call(conn, city, told.call)
    except NotFound:
        return None
