"""Which workspace a command is about."""

from collections.abc import Mapping
from pathlib import Path

from orin_agents.domain.errors import NotFound
from orin_agents.domain.places import Places

VARIABLE = "ORIN_WORKSPACE"


def default_workspace(home: Path) -> Path:
    """Where the workspace is when nobody says otherwise."""
    return home / "orin"


def find_workspace(given: str, environ: Mapping[str, str], cwd: Path, home: Path) -> Path:
    """The workspace: as given, else as ORIN_WORKSPACE says, else the nearest folder upwards, else ~/orin.

    Raises NotFound when there is none.
    """
    named = given or environ.get(VARIABLE, "")
    if named:
        path = cwd / Path(named).expanduser()
        if not _is_workspace(path):
            said = "" if given else f" ({VARIABLE} names it)"
            raise NotFound(f"{path} is no workspace{said}.", remedy=f"Make one with `orin init {path}`.")
        return path
    usual = default_workspace(home)
    for path in (cwd, *cwd.parents, usual):
        if _is_workspace(path):
            return path
    raise NotFound(
        f"There is no workspace in {cwd} or above it, and none at {usual}.",
        remedy="Make one with `orin init`, or look around in a sample with `orin demo`.",
    )


def _is_workspace(path: Path) -> bool:
    return Places(path).control.is_dir()
