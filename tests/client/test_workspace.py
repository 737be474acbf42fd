from pathlib import Path

import pytest

from orin_agents.client.workspace import find_workspace
from orin_agents.domain.errors import NotFound


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """Workspaces here, at home and elsewhere, and a folder that is none."""
    made = {name: tmp_path / name for name in ("here", "home", "elsewhere", "none")}
    for name, folder in made.items():
        workspace = folder / "orin" if name == "home" else folder
        (workspace if name == "none" else workspace / ".orin").mkdir(parents=True)
    (made["here"] / "projects" / "deep").mkdir(parents=True)
    return made


def test_what_is_said_comes_first_then_the_variable_then_here_then_home(places: dict[str, Path]) -> None:
    here, home, elsewhere, none = places.values()
    deep = here / "projects" / "deep"
    variable = {"ORIN_WORKSPACE": str(elsewhere)}
    assert find_workspace(str(elsewhere), {"ORIN_WORKSPACE": str(none)}, deep, home) == elsewhere
    assert find_workspace("", variable, deep, home) == elsewhere
    assert find_workspace("", {}, deep, home) == here
    assert find_workspace("", {}, none, home) == home / "orin"
    assert find_workspace("../elsewhere", {}, none, home).resolve() == elsewhere


def test_a_place_that_is_no_workspace_is_named_with_the_remedy(places: dict[str, Path]) -> None:
    none = places["none"]
    with pytest.raises(NotFound, match="is no workspace") as refused:
        find_workspace(str(none), {}, none, none)
    assert refused.value.remedy == f"Make one with `orin init {none}`."
    with pytest.raises(NotFound, match="ORIN_WORKSPACE names it"):
        find_workspace("", {"ORIN_WORKSPACE": str(none)}, places["here"], none)
    with pytest.raises(NotFound) as refused:
        find_workspace("", {}, none, none)
    assert "orin init" in refused.value.remedy
