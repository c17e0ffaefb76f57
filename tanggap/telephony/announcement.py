"""What a waiting caller hears: a wav of the city's own, or one spoken once by espeak-ng and kept."""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Final

from tanggap.platform.logs import Log
from tanggap.telephony.edge.render import program
from tanggap.telephony.settings import Queue, Wish

log = Log("telephony")

WAITING: Final = (
    "Anda terhubung dengan layanan darurat satu satu dua. Semua petugas sedang melayani. Mohon jangan tutup telepon. "
    "Giliran Anda tetap tersimpan, dan petugas akan segera menjawab."
)
BURST: Final = (
    "Anda terhubung dengan layanan darurat satu satu dua. Saat ini sangat banyak panggilan. "
    "Tekan satu bila ada bahaya sekarang. Bila tidak, mohon tunggu: giliran Anda tetap tersimpan."
)
#: To somebody whose call taker's phone has died in the middle of the call.
CUT: Final = "Mohon jangan tutup telepon. Sambungan ke petugas terputus. Petugas lain akan segera melanjutkan panggilan Anda."
#: To somebody whom a call taker gives to a colleague who understands them better.
HANDED_ON: Final = "Mohon jangan tutup telepon. Anda akan dilanjutkan oleh petugas lain yang lebih memahami Anda."
SILENT: Final = " Bila Anda tidak bisa berbicara, tekan lima lima."


class Saying(StrEnum):
    """What there is to say."""

    WAITING = "waiting"
    BURST = "burst"
    CUT = "cut"
    HANDED_ON = "handed_on"
    WEB = "web"  # to a citizen's browser, which plays it by itself: it can press no key yet


_WORDS: Final = {
    Saying.WAITING: WAITING + SILENT, Saying.BURST: BURST + SILENT, Saying.CUT: CUT, Saying.HANDED_ON: HANDED_ON,
    Saying.WEB: WAITING,
}  # fmt: skip
#: In these a caller is told of keys.
_TELLS_OF_KEYS: Final = frozenset({Saying.WAITING, Saying.BURST})


def words_of(saying: Saying, wishes: Sequence[Wish] = ()) -> str:
    """What is spoken. With keys of the city's own it is SSML, because each of them may be told of in another language."""
    told = [wish for wish in wishes if wish.key and wish.say] if saying in _TELLS_OF_KEYS else []
    if not told:
        return _WORDS[saying]
    keys = "".join(f'<voice xml:lang="{escape(wish.voice)}"><s>{escape(wish.say)}</s></voice>' for wish in told)
    return f"<speak>{escape(_WORDS[saying])} {keys}</speak>"


def file_of(folder: Path, queue: Queue, saying: Saying) -> Path | None:
    """The file in which something is said, as the city wants it or as the decider has made it; None while there is none."""
    own = _own(queue).get(saying, "")
    path = Path(own) if own else _path(folder, _WORDS[saying])
    return path if path.is_file() else None


def _own(queue: Queue) -> dict[Saying, str]:
    return {
        Saying.WAITING: queue.announcement, Saying.BURST: queue.burst_announcement, Saying.CUT: queue.cut_announcement,
        Saying.HANDED_ON: queue.handed_on_announcement, Saying.WEB: queue.announcement,
    }  # fmt: skip


def _path(folder: Path, words: str) -> Path:
    return folder / f"announcement-{hashlib.sha256(words.encode()).hexdigest()[:12]}.wav"


class Announcements:
    """The files that rtpengine plays; made when they are first needed."""

    def __init__(self, folder: Path, queue: Queue, wishes: Sequence[Wish] = ()) -> None:
        self._folder = folder
        self._wishes = wishes
        self._own = {saying: path for saying, path in _own(queue).items() if path and Path(path).is_file()}
        self._made: dict[Saying, str] = {}
        self._making = asyncio.Lock()

    async def prepare(self) -> None:
        """Make all of them now, so that no caller waits for them."""
        for saying in Saying:
            await self.file(saying)

    async def file(self, saying: Saying) -> str:
        """The file to play; '' when there is none: the caller hears the ringing tone."""
        async with self._making:
            if saying not in self._made:
                self._made[saying] = self._own.get(saying) or await self._spoken(words_of(saying, self._wishes))
        return self._made[saying]

    async def _spoken(self, words: str) -> str:
        """Speak words into a wav in the data folder (8 kHz is made of it by rtpengine)."""
        path = _path(self._folder, words)
        if path.is_file():
            return str(path)
        espeak = program("espeak-ng")
        if espeak is None:
            log.warning("espeak-ng is not installed: waiting callers hear the ringing tone")
            return ""
        draft = path.with_suffix(f".{os.getpid()}.wav")
        process = await asyncio.create_subprocess_exec(
            espeak, "-v", "id", "-s", "140", "-m", "-w", str(draft), words,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait() != 0 or not draft.is_file():
            return ""
        draft.replace(path)
        return str(path)
