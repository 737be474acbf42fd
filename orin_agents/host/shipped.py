"""Where the data that ships with Orin lies: beside the packages in a checkout, inside them in an installed wheel."""

from dataclasses import dataclass
from pathlib import Path

from orin_agents.domain.errors import StorageFailure

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """The shipped folders: the crew's agents, its page templates, the routines, and the sample case files."""

    crew: Path
    templates: Path
    schedules: Path
    casefiles: Path


def shipped(package: Path = PACKAGE) -> Shipped:
    """The folders for the package `orin_agents` at that place. Raises StorageFailure when one is not there."""
    inside = package / "shipped"
    root = inside if inside.is_dir() else package.parent
    found = Shipped(
        crew=package / "crew",
        templates=package / "crew" / "templates",
        schedules=root / "schedules",
        casefiles=root / "casefiles",
    )
    for folder in (found.crew, found.templates, found.schedules, found.casefiles):
        if not folder.is_dir():
            raise StorageFailure(
                f"Orin's own data is not at {folder}.", remedy="Install Orin again, or run it from a whole checkout."
            )
    return found
