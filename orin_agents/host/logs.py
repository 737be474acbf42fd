"""The host's log: a rotating file, without secrets."""

import logging
import time
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

SIZE = 1_000_000
KEPT = 3
SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL")
SHORTEST_SECRET = 8
CHATTY = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "watchfiles", "apscheduler", "dbos", "asyncio")
"""Libraries that write a line for every call; httpx also writes whole addresses, with the keys in them."""


class Redacted(logging.Formatter):
    """Writes UTC times, and leaves out the values of secrets wherever in a line or trace they stand."""

    converter = staticmethod(time.gmtime)

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the trace below it, with secrets blanked."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "[secret]")
        return text


def secrets_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of the environment that look like secrets by their names, longest first."""
    found = {
        value
        for name, value in environ.items()
        if len(value) >= SHORTEST_SECRET and any(word in name.upper() for word in SECRET_NAMES)
    }
    return tuple(sorted(found, key=len, reverse=True))


def open_log(path: Path, environ: Mapping[str, str]) -> logging.Handler:
    """Send the process's logging to the file; returns the handler, to take away again."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(Redacted(secrets_in(environ)))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


def close_log(handler: logging.Handler) -> None:
    """Take the handler away and close its file."""
    logging.getLogger().removeHandler(handler)
    handler.close()
