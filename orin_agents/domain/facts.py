"""Facts and findings: what code worked out, with the place each figure comes from.

A fact is one value. Its id is dotted and stable (`drift.total`, `block.1`), so that a template, a model's
citation and a test can name it. Facts of one kind that repeat are numbered from 1 (`flag.1`, `flag.2`), and
parts of one such thing hang below it (`initiative.1.score`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool | None
"""A fact's value. Dates and times are ISO 8601 text; spans of time are ISO 8601 intervals `start/end`."""


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value was read: a path in the case file (or `journal`), its version, and lines counted from 1."""

    path: str
    first_line: int | None = None
    last_line: int | None = None
    version: int | None = None

    def __str__(self) -> str:
        at = f"@{self.version}" if self.version else ""
        if self.first_line is None:
            return f"{self.path}{at}"
        span = (
            f"{self.first_line}" if self.last_line in (None, self.first_line) else f"{self.first_line}–{self.last_line}"
        )
        return f"{self.path}{at}:{span}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value worked out by a skill.

    `unit` is a plain word (`hours`, `tasks`, `ratio`, `date`, `interval`) or empty.
    """

    id: str
    label: str
    value: Value
    unit: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What facts mean, in one sentence put together by code; `facts` names the ids it rests on."""

    text: str
    severity: Severity = Severity.INFO
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a skill returns: its facts, and what they mean.

    `missing` says which input was absent, `broken` which could not be read: place and reason, a line each.
    """

    skill: str
    facts: tuple[Fact, ...] = ()
    remarks: tuple[Remark, ...] = ()
    missing: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    def get(self, fact_id: str) -> Fact | None:
        """The fact of that id, or None."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)

    def numbered(self, prefix: str) -> tuple[Fact, ...]:
        """The repeated facts of one kind, in order: `numbered("block")` gives `block.1`, `block.2`, …"""
        return tuple(f for f in self.facts if f.id.startswith(f"{prefix}.") and f.id[len(prefix) + 1 :].isdigit())


def merged(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Sources without repetition, neighbouring lines of one file joined, in the order of path and line."""
    spans: dict[tuple[str, int | None], list[tuple[int, int] | None]] = {}
    for source in sources:
        lines = None if source.first_line is None else (source.first_line, source.last_line or source.first_line)
        spans.setdefault((source.path, source.version), []).append(lines)
    joined: list[Source] = []
    for (path, version), found in sorted(spans.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
        ranges = sorted(lines for lines in found if lines is not None)
        if not ranges:
            joined.append(Source(path=path, version=version))
            continue
        first, last = ranges[0]
        for start, end in ranges[1:]:
            if start <= last + 1:
                last = max(last, end)
            else:
                joined.append(Source(path=path, version=version, first_line=first, last_line=last))
                first, last = start, end
        joined.append(Source(path=path, version=version, first_line=first, last_line=last))
    return tuple(joined)
