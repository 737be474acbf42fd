"""The host's log: a rotating file, without secrets."""

import io
import logging
import sys
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from orin_agents.domain.secrets import Secrets

SIZE = 1_000_000
KEPT = 3
CHATTY = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "watchfiles", "apscheduler", "dbos", "asyncio")
"""Libraries that write a line for every call; httpx also writes whole addresses, with the keys in them."""

Records = Callable[..., logging.LogRecord]


class LogFile(RotatingFileHandler):
    """The log's file. Writes UTC times; takes secrets out of whatever a line or a trace is made of."""

    def __init__(self, path: Path, secrets: Secrets, records: Records) -> None:
        super().__init__(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", errors="backslashreplace")
        formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)
        self.secrets = secrets
        self.records_before = records

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace below it."""
        return self.secrets.redacted(super().format(record))


def open_log(path: Path, secrets: Secrets) -> LogFile:
    """Send the process's logging to the file; returns the handler, to take away again.

    Until then every record, of any library and for any handler it brings, is made without secrets.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = LogFile(path, secrets, logging.getLogRecordFactory())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)

    def record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return _redacted(handler.records_before(*args, **kwargs), secrets)

    logging.setLogRecordFactory(record)
    return handler


def close_log(handler: LogFile) -> None:
    """Take the handler away and close its file."""
    logging.setLogRecordFactory(handler.records_before)
    logging.getLogger().removeHandler(handler)
    handler.close()


def _redacted(record: logging.LogRecord, secrets: Secrets) -> logging.LogRecord:
    """The record with message, arguments and trace as texts without secrets."""
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001  (a call that does not fit its own message, or an argument without a text)
        message = f"{record.msg!r} with {len(record.args or ())} arguments that do not fit it"
    record.msg, record.args = secrets.redacted(message), ()
    if record.exc_info and not record.exc_text:
        record.exc_text = secrets.redacted(logging.Formatter().formatException(record.exc_info))
    if record.stack_info:
        record.stack_info = secrets.redacted(record.stack_info)
    return record


class RedactedOutput(io.TextIOBase):
    """A text stream that passes on what is written to it, without secrets."""

    def __init__(self, stream: TextIO, secrets: Secrets) -> None:
        self._stream = stream
        self._secrets = secrets

    def write(self, text: str) -> int:
        """Write; gives the number of characters it was given."""
        self._stream.write(self._secrets.redacted(text))
        return len(text)

    def flush(self) -> None:
        """Write out what is buffered."""
        self._stream.flush()

    def fileno(self) -> int:
        """The descriptor below; what is written to it directly is not looked at."""
        return self._stream.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._stream.isatty()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """How text becomes bytes below."""
        return self._stream.encoding

    def writable(self) -> bool:
        """It is."""
        return True


def redact_output(secrets: Secrets) -> None:
    """Let what this process prints pass through a filter from now on: some libraries print instead of logging."""
    sys.stdout, sys.stderr = RedactedOutput(sys.stdout, secrets), RedactedOutput(sys.stderr, secrets)
