"""Errors as they travel: RFC 9457 problem details, and back again."""

from collections.abc import Iterator, Mapping
from typing import Any

from orin_agents.domain.errors import BrokenFile, OrinError

MEDIA_TYPE = "application/problem+json"


def problem(error: OrinError) -> dict[str, str | int]:
    """The error as the members of a problem details object; `code`, `kept` and `remedy` are ours."""
    members: dict[str, str | int] = {
        "type": f"urn:orin:problem:{error.code}",
        "title": error.code.replace("-", " ").capitalize(),
        "status": error.status,
        "detail": error.what,
        "code": error.code,
        "kept": error.kept,
        "remedy": error.remedy,
    }
    if isinstance(error, BrokenFile):
        members |= {"path": error.path, "line": error.line, "reason": error.reason}
    return members


def error_of(members: Mapping[str, Any]) -> OrinError:
    """The error a problem details object stands for: of the class with that code, else a plain OrinError."""
    kind = next((cls for cls in _tree(OrinError) if cls.code == members.get("code")), OrinError)
    what = str(members.get("detail") or members.get("title") or "The host reported a problem without a word on it.")
    kept, remedy = str(members.get("kept", "")), str(members.get("remedy", ""))
    if kind is BrokenFile:
        line = members.get("line")
        return BrokenFile(
            str(members.get("path", "")),
            line if isinstance(line, int) else 0,
            str(members.get("reason", what)),
            remedy=remedy,
        )
    return kind(what, kept=kept, remedy=remedy)


def _tree(cls: type[OrinError]) -> Iterator[type[OrinError]]:
    yield cls
    for below in cls.__subclasses__():
        yield from _tree(below)
