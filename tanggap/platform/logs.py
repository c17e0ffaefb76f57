"""Logs: one JSON object a line, without personal data; on a terminal, one readable line."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

FIELDS = "tanggap_fields"


class Log:
    """A named log whose entries are an event and its fields: ids and numbers, never what a citizen said or who she is."""

    def __init__(self, name: str) -> None:
        """Write under `tanggap.<name>`."""
        self._log = logging.getLogger(f"tanggap.{name}")

    def debug(self, event: str, **fields: Any) -> None:
        """For whoever develops."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """Something worth knowing happened."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something is off, and the house copes."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, *, exc_info: bool = False, **fields: Any) -> None:
        """Something failed; with `exc_info`, where."""
        self._write(logging.ERROR, event, fields, exc_info=exc_info)

    def _write(self, level: int, event: str, fields: dict[str, Any], *, exc_info: bool = False) -> None:
        if self._log.isEnabledFor(level):
            self._log.log(level, event, exc_info=exc_info, extra={FIELDS: fields})


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """At, level, log, event, fields, and the place of an error."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "log": record.name,
            "process": record.process,
            "event": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(entry, enc_hook=str).decode()


class Lines(logging.Formatter):
    """One readable line, for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time of day, level, log, event and fields."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        fields = " ".join(f"{name}={value}" for name, value in getattr(record, FIELDS, {}).items())
        line = f"{at:%H:%M:%S} {record.levelname.lower():7} {record.name}: {record.getMessage()} {fields}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def start_logging(level: str) -> None:
    """Send everything to standard error, from `level` upwards."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if sys.stderr.isatty() else JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
