"""What a waiting caller hears: a wav of the city's own, or one spoken once by espeak-ng and kept."""

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Final

from tanggap.platform.logs import Log
from tanggap.telephony.edge.render import program
from tanggap.telephony.settings import Queue

log = Log("telephony")

WAITING: Final = (
    "Anda terhubung dengan layanan darurat satu satu dua. Semua petugas sedang melayani. Mohon jangan tutup telepon. "
    "Giliran Anda tetap tersimpan, dan petugas akan segera menjawab."
)
BURST: Final = (
    "Anda terhubung dengan layanan darurat satu satu dua. Saat ini sangat banyak panggilan. "
    "Tekan satu bila ada bahaya sekarang. Bila tidak, mohon tunggu: giliran Anda tetap tersimpan."
)
SILENT: Final = " Bila Anda tidak bisa berbicara, tekan lima lima."


class Announcements:
    """The files that rtpengine plays; made when they are first needed."""

    def __init__(self, folder: Path, queue: Queue) -> None:
        self._folder = folder
        own = {False: queue.announcement, True: queue.burst_announcement}
        self._own = {burst: path for burst, path in own.items() if path and Path(path).is_file()}
        self._made: dict[bool, str] = {}
        self._making = asyncio.Lock()

    async def prepare(self) -> None:
        """Make both now, so that no caller waits for them."""
        for burst in (False, True):
            await self.file(burst=burst)

    async def file(self, *, burst: bool) -> str:
        """The file to play; '' when there is none: the caller hears the ringing tone."""
        async with self._making:
            if burst not in self._made:
                self._made[burst] = self._own.get(burst) or await self._spoken((BURST if burst else WAITING) + SILENT)
        return self._made[burst]

    async def _spoken(self, words: str) -> str:
        """Speak words into a wav in the data folder (8 kHz is made of it by rtpengine)."""
        path = self._folder / f"announcement-{hashlib.sha256(words.encode()).hexdigest()[:12]}.wav"
        if path.is_file():
            return str(path)
        espeak = program("espeak-ng")
        if espeak is None:
            log.warning("espeak-ng is not installed: waiting callers hear the ringing tone")
            return ""
        draft = path.with_suffix(f".{os.getpid()}.wav")
        process = await asyncio.create_subprocess_exec(
            espeak, "-v", "id", "-s", "140", "-w", str(draft), words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait() != 0 or not draft.is_file():
            return ""
        draft.replace(path)
        return str(path)
