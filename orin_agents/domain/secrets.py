"""Secrets, known by value: wherever one of them stands in a text that is kept, shown or sent, its name stands instead.

Values are looked for, not key names: a key of another name leaks the same value (a URL, an error, a tool's output).
"""

import re
import threading
from collections.abc import Mapping

SHORTEST = 6
"""Characters; a shorter value would blot out ordinary words."""


class Secrets:
    """The secret values this process has read so far, by name. Any thread."""

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        for name, value in (known or {}).items():
            self.add(name, value)

    def add(self, name: str, value: str) -> None:
        """From now on `value` is replaced by `[secret NAME]`. Too short a value is left alone."""
        if len(value) < SHORTEST:
            return
        with self._lock:
            self._names[value] = name
            longest_first = sorted(self._names, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def redacted(self, text: str) -> str:
        """The text without any known value."""
        pattern = self._pattern
        return pattern.sub(lambda found: f"[secret {self._names[found[0]]}]", text) if pattern else text
