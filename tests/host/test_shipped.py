"""Where the shipped data is found."""

from pathlib import Path

import pytest

from orin_agents.domain.errors import StorageFailure
from orin_agents.host.shipped import shipped


def test_in_a_checkout() -> None:
    ours = shipped()
    assert (ours.crew / "strategist.yaml").is_file()
    assert (ours.templates / "morning_brief.md.j2").is_file()
    assert (ours.schedules / "alignment.yaml").is_file()
    assert (ours.casefiles / "repair-day" / "plans" / "okr.json").is_file()


def test_in_an_installed_wheel(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "orin_agents"
    for folder in ("crew/templates", "shipped/schedules", "shipped/casefiles"):
        (package / folder).mkdir(parents=True)
    ours = shipped(package)
    assert ours.crew == package / "crew"
    assert ours.schedules == package / "shipped" / "schedules"
    assert ours.casefiles == package / "shipped" / "casefiles"


def test_a_torn_installation_is_said(tmp_path: Path) -> None:
    (tmp_path / "orin_agents" / "crew" / "templates").mkdir(parents=True)
    with pytest.raises(StorageFailure, match="schedules"):
        shipped(tmp_path / "orin_agents")
