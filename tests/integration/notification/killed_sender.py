"""A sender in a process of its own, for the test that kills it: takes messages to a gateway that answers when it likes."""

import asyncio
import sys
from pathlib import Path

from tanggap.notification.channels.http_sms import HttpSmsGateway
from tanggap.notification.sending.sender import Sender
from tanggap.notification.settings import HttpSms
from tanggap.platform.database import Database
from tanggap.platform.secrets import Keyring


async def main(dsn: str, key_file: str, url: str) -> None:
    """Send until killed."""
    db = await Database.open(dsn, min_size=1, max_size=4)
    said = HttpSms(name="gerbang", url=url, fields={"to": "{to}", "text": "{text}", "id": "{id}"}, in_flight=1, timeout_s=60)
    await Sender(db, "kendari", Keyring.load(Path(key_file)), [HttpSmsGateway(said, "", "")]).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
