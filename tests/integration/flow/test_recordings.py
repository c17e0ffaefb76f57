"""From a capture to a sealed recording to its proven end, with a kill at every step between."""

import errno
import hashlib
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tanggap.incident import store as rows
from tanggap.incident.model import Actor
from tanggap.incident.refusals import NotFound
from tanggap.incident.timeline import store as timelines
from tanggap.incident.timeline.model import Kind, Recorded
from tanggap.people.audit import trail
from tanggap.people.model import NotAllowed, Person, Role
from tanggap.people.service import add_person
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring
from tanggap.scene import Scene
from tanggap.telephony import service as calls
from tanggap.telephony import store
from tanggap.telephony.model import Call, Recording, RecordingState, Ringing
from tanggap.telephony.recording import keeping, service
from tanggap.telephony.recording.keeping import Folder, Keeper
from tanggap.telephony.recording.vault import unseal
from tanggap.verification.service import ledgers

from .conftest import CITY

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
KEEP = timedelta(days=90)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    for name in ("pcaps", "metadata", "tmp"):
        (tmp_path / "recordings" / name).mkdir(parents=True)
    return Folder(tmp_path / "recordings")


@pytest.fixture
def keeper(folder: Folder, keyring: Keyring) -> Keeper:
    return Keeper(folder, keyring, KEEP)


async def answered(db: Database, scene: Scene, by: Actor, sip_id: str = "r@trunk") -> Call:
    """A call that was answered and has ended."""
    assert by.id is not None
    async with db.transaction(CITY) as tx:
        call = await calls.call_rings(tx, scene, Ringing(sip_id, "081344556642", trunk="telkom"), NOW)
        await calls.call_offered(tx, scene, call.id, by.id, NOW)
        await calls.call_answered(tx, scene, call.id, by, NOW)
        return await calls.call_ended(tx, scene, call.id, "caller", NOW + timedelta(minutes=1))


def captured(folder: Folder, call: str, name: str = "a.pcap", packets: int = 50, caller: int = 0xAA) -> Path:
    """What rtpengine leaves of a call of `packets` × 20 ms; gives the metadata's path."""
    content = b"\xd4\xc3\xb2\xa1" + struct.pack("<HHiIII", 2, 4, 0, 0, 65535, 101)
    for n in range(packets):
        for port, level in ((26340, caller), (26332, 0x2A)):
            rtp = struct.pack("!BBHII", 0x80, 8, n, n * 160, port) + bytes([level]) * 160
            udp = struct.pack("!HHHH", port + 1, port, 8 + len(rtp), 0) + rtp
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
            content += struct.pack("<IIII", 1_795_656_762 + n // 50, n % 50 * 20_000, len(ip), len(ip)) + ip
    (folder.root / "pcaps" / name).write_bytes(content)
    metadata = folder.root / "metadata" / f"{name}.txt"
    sdp = "SDP mode: offer\nm=audio 26332 RTP/AVP 8\nSDP mode: answer\nm=audio 26340 RTP/AVP 8\n"
    metadata.write_text(f"{folder.root}/pcaps/{name}\n\n{sdp}\n{call}\n")
    return metadata


async def recording_of(db: Database, call: Call) -> Recording:
    async with db.reading(CITY) as conn:
        (found,) = await store.recordings_of(conn, CITY, call.id)
    return found


async def told(db: Database, call: Call, kind: Kind) -> list[Recorded]:
    async with db.reading(CITY) as conn:
        return [entry for entry in await timelines.of_report(conn, CITY, call.report) if entry.kind is kind]


async def test_an_ended_call_becomes_a_sealed_recording(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper, keyring: Keyring
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, f"call:{call.id.hex}")
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    found = await recording_of(db, call)
    assert (found.state, found.seconds, found.expires_at) == (RecordingState.STORED, 1.0, NOW + KEEP)
    audio = unseal(keyring, folder.file_of(found.id), found.id)
    assert hashlib.sha256(audio).digest() == found.sha256
    assert audio.endswith(b"\xaa\x2a" * 8000)
    (entry,) = await told(db, call, Kind.RECORDED)
    assert found.sha256 is not None
    assert entry.body["sha256"] == found.sha256.hex()
    assert [path.name for path in folder.root.rglob("*") if path.is_file()] == [f"{found.id}.rec"]


async def test_a_caller_who_said_nothing_is_a_line_of_the_ledger_and_ends_nothing(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, f"call:{call.id.hex}", packets=250, caller=0xD5)
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    assert (await recording_of(db, call)).silence is None  # the desk spoke all the time: nothing can be said
    silent = await answered(db, scene, call_taker, "s@trunk")
    captured(folder, f"call:{silent.id.hex}", "b.pcap", packets=250, caller=0xD5)
    rest = (folder.root / "pcaps" / "b.pcap").read_bytes().replace(bytes([0x2A]) * 160, bytes([0xD5]) * 160)
    (folder.root / "pcaps" / "b.pcap").write_bytes(rest)
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    assert (await recording_of(db, silent)).silence == 1.0
    async with db.reading(CITY) as conn:
        known = (await ledgers(conn, scene.catalogue, [silent.report], scene.hear, NOW + timedelta(minutes=5)))[silent.report]
        report = await rows.report(conn, CITY, silent.report)
    (item,) = [item for item in known.items if item.code == "silence"]
    assert item.log_odds == pytest.approx(-0.8)
    assert item.numbers == {"percent": 100}
    assert known.is_silent
    assert report.disposition is None


async def test_the_call_of_an_edge_that_acted_alone_is_found_by_its_call_id(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper
) -> None:
    call = await answered(db, scene, call_taker, "alone@trunk")
    captured(folder, "sip:alone@trunk")
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    assert (await recording_of(db, call)).state is RecordingState.STORED


@pytest.mark.parametrize("moment", ["begin", "seal", "stored", "forget"])
async def test_a_kill_at_any_moment_leaves_nothing_half_done(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, f"call:{call.id.hex}")

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if moment == "begin":
            patch.setattr(Keeper, "_make", die)
        elif moment == "seal":
            patch.setattr(keeping, "seal", die)
            (folder.root / "sealed").mkdir()
            (folder.root / "sealed" / f"{UUID(int=5)}.part").write_bytes(b"half")
        elif moment == "stored":
            patch.setattr(service, "stored", die)
        else:
            patch.setattr(Keeper, "_forget_capture", die)
        with pytest.raises(Killed):
            await keeper.seal_ended(db, CITY, NOW)
    await keeper.mend()
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    found = await recording_of(db, call)
    assert found.state is RecordingState.STORED
    assert len(await told(db, call, Kind.RECORDED)) == 1
    assert [path.name for path in folder.root.rglob("*") if path.is_file()] == [f"{found.id}.rec"]
    assert await keeper.lost(db, CITY) == []


async def test_a_full_disk_keeps_the_capture_and_tries_again(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, f"call:{call.id.hex}")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(keeping, "seal", full)
        assert await keeper.seal_ended(db, CITY, NOW) == 0
    assert (await recording_of(db, call)).state is RecordingState.RECORDING
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    assert (await recording_of(db, call)).state is RecordingState.STORED


async def test_a_capture_that_cannot_be_read_says_why_and_is_kept_for_a_person(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, f"call:{call.id.hex}")
    (folder.root / "pcaps" / "a.pcap").write_bytes(b"no capture at all, but some bytes")
    assert await keeper.seal_ended(db, CITY, NOW) == 0
    found = await recording_of(db, call)
    assert (found.state, found.flaw) == (RecordingState.FAILED, "not a capture")
    assert {path.name for path in (folder.root / "unknown").iterdir()} == {"a.pcap", "a.pcap.txt"}
    await keeper.sweep(db, CITY, datetime.now(UTC) + timedelta(days=13))
    assert len(list((folder.root / "unknown").iterdir())) == 2
    await keeper.sweep(db, CITY, datetime.now(UTC) + timedelta(days=15))
    assert list((folder.root / "unknown").iterdir()) == []


@pytest.mark.parametrize("has_draft", [True, False])
async def test_what_a_killed_rtpengine_left_behind_is_sealed_when_its_call_is_over(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper, has_draft: bool
) -> None:
    call = await answered(db, scene, call_taker, "left@trunk")
    name = "left%40trunk-0123456789abcdef.pcap"
    metadata = captured(folder, "", name)
    metadata.rename(folder.root / "tmp" / "a.tmp") if has_draft else metadata.unlink()
    soon = datetime.now(UTC) + timedelta(minutes=1)
    assert await keeper.seal_orphans(db, CITY, soon) == 0, "it may still be written"
    assert await keeper.seal_orphans(db, CITY, soon + timedelta(minutes=10)) == 1
    found = await recording_of(db, call)
    assert (found.state, found.seconds) == (RecordingState.STORED, 1.0)
    assert [path.name for path in folder.root.rglob("*") if path.is_file()] == [f"{found.id}.rec"]


async def test_one_bad_recording_does_not_hold_up_the_others(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, "nobody's", "bad.pcap")
    captured(folder, f"call:{UUID(int=9).hex}", "stranger.pcap")
    captured(folder, f"call:{call.id.hex}", "good.pcap")
    assert await keeper.seal_ended(db, CITY, NOW) == 1
    assert (folder.root / "pcaps" / "stranger.pcap").exists()


async def test_deletion_is_proven_and_a_held_one_stays(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper
) -> None:
    first, second = await answered(db, scene, call_taker, "1@t"), await answered(db, scene, call_taker, "2@t")
    captured(folder, f"call:{first.id.hex}", "1.pcap")
    captured(folder, f"call:{second.id.hex}", "2.pcap")
    assert await keeper.seal_ended(db, CITY, NOW) == 2
    gone, held = await recording_of(db, first), await recording_of(db, second)
    boss = await person(db, Role.SUPERVISOR)
    async with db.transaction(CITY) as tx:
        await service.hold(tx, CITY, held.id, boss, "permintaan penyidik", NOW)
    later = NOW + KEEP + timedelta(seconds=1)
    assert await keeper.delete_expired(db, CITY, later - timedelta(seconds=2)) == 0
    assert await keeper.delete_expired(db, CITY, later) == 1
    after = await recording_of(db, first)
    assert (after.state, after.deleted_at, after.sha256) == (RecordingState.DELETED, later, gone.sha256)
    assert not folder.file_of(gone.id).exists()
    assert len(await told(db, first, Kind.RECORDING_DELETED)) == 1
    assert folder.file_of(held.id).exists()
    async with db.transaction(CITY) as tx:
        await service.release(tx, CITY, held.id, boss, later)
    assert await keeper.delete_expired(db, CITY, later) == 1
    assert [entry.body["held"] for entry in await told(db, second, Kind.RECORDING_HELD)] == [True, False]


async def test_a_kill_between_file_and_row_deletes_it_again(
    db: Database, scene: Scene, call_taker: Actor, folder: Folder, keeper: Keeper
) -> None:
    call = await answered(db, scene, call_taker)
    captured(folder, f"call:{call.id.hex}")
    await keeper.seal_ended(db, CITY, NOW)
    found = await recording_of(db, call)
    folder.file_of(found.id).unlink()  # and then it was killed
    assert await keeper.lost(db, CITY) == [found.id]
    assert await keeper.delete_expired(db, CITY, NOW + KEEP + timedelta(seconds=1)) == 1
    folder.file_of(found.id).write_bytes(b"back from an old backup")
    assert await keeper.sweep(db, CITY, datetime.now(UTC) + timedelta(hours=2)) == 1
    assert not folder.file_of(found.id).exists()


async def person(db: Database, role: Role, login: str = "") -> Person:
    async with db.transaction(CITY) as tx:
        made, _ = await add_person(tx, CITY, login or role.value, role.value, [role], None, None, NOW, password="k" * 20)
    return made


async def test_who_may_hear_is_audited_before_the_first_second(
    db: Database, scene: Scene, folder: Folder, keeper: Keeper
) -> None:
    taker, colleague, boss = [
        await person(db, role, login)
        for role, login in ((Role.CALL_TAKER, "satu"), (Role.CALL_TAKER, "dua"), (Role.SUPERVISOR, "tiga"))
    ]
    call = await answered(db, scene, Actor(taker.name, taker.id))
    captured(folder, f"call:{call.id.hex}")
    await keeper.seal_ended(db, CITY, NOW)
    found = await recording_of(db, call)

    async def hear(by: Person, at: datetime = NOW + timedelta(hours=1)) -> None:
        async with db.transaction(CITY) as tx:
            await service.hear(tx, CITY, found.id, by, at)

    await hear(taker)
    await hear(boss, NOW + timedelta(days=30))
    with pytest.raises(NotAllowed):
        await hear(colleague)
    with pytest.raises(NotAllowed):
        await hear(taker, NOW + timedelta(days=1))
    async with db.reading(CITY) as conn:
        lines = await trail(conn, CITY, acts=[service.Audited.HEARD.value])
    assert [(line.person, line.subject) for line in lines] == [
        (boss.id, f"recording:{found.id}"), (taker.id, f"recording:{found.id}"),
    ]  # fmt: skip
    await keeper.delete_expired(db, CITY, NOW + KEEP + timedelta(days=1))
    with pytest.raises(NotFound):
        await hear(boss)
