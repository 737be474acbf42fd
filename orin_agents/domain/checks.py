"""What `orin doctor` reports: one line a check."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check: its area (`box`, `gpu`, `memory`, …), what was seen, and the remedy when it is not ok."""

    area: str
    name: str
    verdict: Verdict
    seen: str
    remedy: str = ""
