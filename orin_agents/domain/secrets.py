"""Secrets, known by value: wherever one of them stands in a text that is kept, shown or sent, its name stands instead.

Values are looked for, not key names: a key of another name leaks the same value (a URL, an error, a tool's output).
"""

import base64
import json
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters; a shorter value would blot out ordinary words."""
SHORTEST_ENCODED = 12
"""Characters of a value that is also looked for in base64."""
SHORTEST_IN_ENVIRONMENT = 12
"""Characters of a value of the environment that is taken for a secret; `postgres` as a password is a word too."""
SECRET_ENDINGS = ("KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS")
"""How the names of variables that hold secrets end, as words: `OPENAI_API_KEY`, but not `MONKEY`."""


class Secrets:
    """The secret values this process has read so far, by name. Any thread."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._needles: tuple[str, ...] = ()
        self._pattern = re.compile(r"(?!)")
        for name, value in (known or {}).items():
            self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """From now on `value` is replaced by `[secret NAME]`, as it is and encoded. Too short a value is left alone.

        The encodings are those it meets on its way: per cent in a URL, escaped in JSON, base64 in a header.
        """
        if len(value) < SHORTEST:
            return
        shown = "".join(char for char in name if char.isalnum() or char in "_.-/ ") or "value"
        with self._lock:
            names = {form: shown for form in _forms(value)} | self._names
            longest_first = tuple(sorted(names, key=len, reverse=True))
            # What redacted() reads is replaced whole and in this order, so that it needs no lock.
            self._names = names
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            self._needles = longest_first

    def add_environment(self, environ: Mapping[str, str]) -> None:
        """Know the values of all variables whose names say that they hold a secret."""
        for name, value in environ.items():
            if len(value) >= SHORTEST_IN_ENVIRONMENT and re.split(r"[^A-Z0-9]+", name.upper())[-1] in SECRET_ENDINGS:
                self.add(name, value)

    def redacted(self, text: str) -> str:
        """The text without any known value."""
        if not any(needle in text for needle in self._needles):  # much quicker than the pattern, and nearly always so
            return text
        return self._pattern.sub(lambda found: f"[secret {self._names[found[0]]}]", text)

    def redacted_within(self, value: Any) -> Any:
        """The same for all texts within lists and mappings, as JSON has them; what is no text stays as it is."""
        match value:
            case str():
                return self.redacted(value)
            case Mapping():
                return {key: self.redacted_within(below) for key, below in value.items()}
            case list() | tuple():
                return [self.redacted_within(below) for below in value]
            case _:
                return value


def _forms(value: str) -> Iterator[str]:
    """The value as it is and as it stands in URLs, JSON and, if it is long enough, base64."""
    yield value
    for quoted in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield quoted
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted)
    for ascii_only in (True, False):
        yield json.dumps(value, ensure_ascii=ascii_only)[1:-1]
    if len(value) >= SHORTEST_ENCODED:
        yield from _in_base64(value.encode("utf-8", "surrogateescape"))


def _in_base64(data: bytes) -> Iterator[str]:
    """What is the same in every base64 text (RFC 4648) that the bytes are a part of: one text for each alignment.

    The first and last characters mix in bits of what stands before and behind, as the user's name of a Basic header.
    """
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        text = base64.b64encode(b"\0" * before + data).decode()[first:last]
        yield text
        yield text.translate(str.maketrans("+/", "-_"))
