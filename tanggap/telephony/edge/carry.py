"""Become Kamailio as soon as rtpengine answers: `python -m tanggap.telephony.edge.carry <rtpengine's port> <command…>`.

A module of its own that reads nothing else of the house: a killed Kamailio must take calls again within a second.
"""

import asyncio
import os
import sys

from tanggap.telephony.edge.media import answers

if __name__ == "__main__":
    asyncio.run(answers(int(sys.argv[1])))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - our own command
