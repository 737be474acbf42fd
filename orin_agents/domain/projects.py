"""Projects: a goal with a manager agent, a team, tasks and a case file."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from orin_agents.domain.errors import Invalid

HOME = "home"
"""The project every workspace has."""
PROJECT_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What `slug` makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project; `id` is also the name of its folder."""

    id: str
    title: str
    goal: str = ""
    owner: str = ""
    created: datetime


def slug(title: str) -> str:
    """The project id for a title: lower-case ASCII letters, digits and single dashes, at most 60.

    Raises Invalid when nothing is left.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if not text:
        raise Invalid(
            f"{title!r} has no letter or digit to name a folder with", remedy="Give the project a title with letters."
        )
    return text
