"""A person's own files: what each is, and what it holds."""

import json
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import PurePosixPath

from orin_agents.adapters.readers.calendar_count import read_calendar
from orin_agents.adapters.readers.markdown import read_markdown
from orin_agents.adapters.readers.taskwarrior import read_taskwarrior
from orin_agents.adapters.readers.todotxt import is_todotxt, read_todotxt
from orin_agents.domain.encoding import decoded
from orin_agents.domain.material import Format, LeftOut, Reading
from orin_agents.domain.syntax import unified

_MARKDOWN = frozenset((".md", ".markdown", ".mdown", ".mkd"))
_CALENDAR = frozenset((".ics", ".ical", ".ifb"))
_LISTS = frozenset((".txt", ".todotxt"))
_JSON = frozenset((".json", ".jsonl", ".ndjson"))


class Material:
    """Implements the port `Readers`. Days of moments written in UTC are those of the person's `zone`."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    def read(self, path: str, data: bytes) -> Reading:
        """What the file holds. Content never makes it raise; what could not be read is in `left_out`."""
        suffix = PurePosixPath(path).suffix.lower()
        if suffix not in _MARKDOWN | _CALENDAR | _LISTS | _JSON:
            return _kept(path)
        text, note = decoded(data)
        if text is None:
            return _kept(path, note)
        text = unified(text)
        try:
            reading = self._understood(path, suffix, text)
        except RecursionError:
            return _kept(path, "nested too deeply to be read")
        return replace(reading, left_out=(LeftOut(path=path, reason=note), *reading.left_out)) if note else reading

    def _understood(self, path: str, suffix: str, text: str) -> Reading:
        if suffix in _MARKDOWN:
            return read_markdown(path, text)
        if suffix in _CALENDAR:
            return read_calendar(path, text)
        if suffix in _JSON:
            return read_taskwarrior(path, text, self._zone) or _other_json(path, text)
        if is_todotxt(path, text):
            return read_todotxt(path, text)
        return Reading(path=path, format=Format.OTHER, title=PurePosixPath(path).stem, words=len(text.split()))


def _kept(path: str, reason: str = "") -> Reading:
    """A file that is kept as it is; with a reason when it was expected to be readable."""
    left_out = (LeftOut(path=path, reason=reason),) if reason else ()
    return Reading(path=path, format=Format.OTHER, title=PurePosixPath(path).stem, left_out=left_out)


def _other_json(path: str, text: str) -> Reading:
    """JSON that is no Taskwarrior export; said only when it is not even JSON."""
    try:
        if text.strip() and path.lower().endswith(".json"):
            json.loads(text)
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        return replace(_kept(path), left_out=(LeftOut(path=path, reason=reason, line=error.lineno),))
    return _kept(path)
