"""Where the data that ships with Orin lies: beside the packages in a checkout, inside them in an installed wheel."""

from pathlib import Path

from orin_agents.domain.errors import StorageFailure

PACKAGE = Path(__file__).resolve().parent.parent


def crew(package: Path = PACKAGE) -> Path:
    """The folder of the shipped agents; their page templates are in `templates` below it. Raises StorageFailure."""
    return _there(package / "crew")


def schedules(package: Path = PACKAGE) -> Path:
    """The folder of the shipped routines. Raises StorageFailure when it is not there."""
    return _there(_root(package) / "schedules")


def casefiles(package: Path = PACKAGE) -> Path:
    """The folder of the sample case files, one folder each. Raises StorageFailure when it is not there."""
    return _there(_root(package) / "casefiles")


def _root(package: Path) -> Path:
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent


def _there(folder: Path) -> Path:
    if not folder.is_dir():
        raise StorageFailure(
            f"Orin's own data is not at {folder}.", remedy="Install Orin again, or run it from a whole checkout."
        )
    return folder
