"""What agents may read and write: decided in one place, and held on a real disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.adapters.case_folder import DiskCaseFolder
from orin_agents.domain.crew import Agent, LogicalModels
from orin_agents.domain.globs import matches
from orin_agents.services.policy import Verdict, decide_read, decide_write

WRITES = ["drafts/", "plans/*.md", "!drafts/private/**", "linked/", "hard.md", "pipe/**"]
PLANNER = Agent(
    id="planner",
    title="Planner",
    duty="plans",
    prompt="Plan.",
    models=LogicalModels(first="planning"),
    reads=["plans/", "logs/*.csv"],
    writes=WRITES,
)
FOLDER = DiskCaseFolder()


@dataclass(frozen=True)
class Place:
    root: Path
    outside: Path


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A case file with traps, and what lies outside it."""
    base = Path(tempfile.mkdtemp(prefix="orin-policy-"))
    root, outside = base / "case", base / "outside"
    for folder in (root / "drafts", root / "plans", outside):
        folder.mkdir(parents=True)
    (outside / "secret.md").write_text("secret")
    (root / "plans" / "okr.json").write_text("{}")
    (root / "linked").symlink_to(outside)
    (root / "drafts" / "out").symlink_to(outside)
    (root / "drafts" / "up").symlink_to("../..")
    (root / "drafts" / "dangling.md").symlink_to(outside / "new.md")
    os.link(outside / "secret.md", root / "hard.md")
    yield Place(root, outside)
    shutil.rmtree(base)


def ruling(place: Place, path: str, locked_by: str = "") -> tuple[Verdict, str]:
    decision = decide_write(PLANNER, place.root, path, FOLDER, locked_by=locked_by)
    assert decision.reason.endswith(".")
    return decision.verdict, decision.reason


@pytest.mark.parametrize("path", ["drafts/a.md", "drafts/deep/er/a.md", "plans/week.md"])
def test_inside_the_globs_is_allowed(place: Place, path: str) -> None:
    assert ruling(place, path)[0] is Verdict.ALLOW


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("plans/okr.json", "it may write drafts/, plans/*.md"),
        ("plans/deep/a.md", "it may write"),
        ("drafts/private/a.md", "it may write"),
        ("a.md", "it may write"),
        ("draftsX/a.md", "it may write"),
        ("drаfts/b.md", "mixes Cyrillic and Latin"),
        ("drafts/pаper.md", "mixes Cyrillic and Latin"),
        ("drafts/a\u200b.md", "invisible"),
        ("ｄrafts2/a.md", "stands for 'd'"),
    ],
)
def test_a_sound_path_outside_or_a_doubtful_name_is_proposed(place: Place, path: str, reason: str) -> None:
    if path.startswith("drа"):
        path = path.replace("drа", "drа2")
    verdict, told = ruling(place, path)
    assert verdict is Verdict.PROPOSE and reason in told and told.endswith("A person decides.")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("../outside/secret.md", "leaves the case file"),
        ("drafts/../../outside/secret.md", "leaves the case file"),
        ("/etc/passwd", "absolute"),
        ("drafts\\..\\x", "backslash"),
        ("drafts/.git/hooks/pre-commit", "hidden"),
        ("linked/secret.md", "symbolic link to the folder"),
        ("linked/new.md", "symbolic link to the folder"),
        ("drafts/out/new.md", "symbolic link"),
        ("drafts/up/outside/secret.md", "symbolic link"),
        ("drafts/dangling.md", "where nothing is"),
        ("hard.md", "hard link"),
        ("drafts", "is a folder"),
        ("Drafts/a.md", "differs only in case from 'drafts'"),
        ("drаfts/a.md", "in the spelling of its letters from 'drafts'"),
    ],
)
def test_what_can_never_be_written_is_refused(place: Place, path: str, reason: str) -> None:
    verdict, told = ruling(place, path)
    assert verdict is Verdict.REFUSE and reason in told


def test_a_locked_artifact_is_its_owners_alone(place: Place) -> None:
    assert ruling(place, "drafts/a.md", "person:ada") == (
        Verdict.REFUSE,
        "'drafts/a.md' is locked by person:ada.",
    )
    assert ruling(place, "drafts/a.md", "person:planner")[0] is Verdict.REFUSE
    assert ruling(place, "drafts/a.md", "agent:planner")[0] is Verdict.ALLOW
    assert decide_read(PLANNER, place.root, "plans/a.md", FOLDER, locked_by="person:ada").verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        ("plans/okr.json", Verdict.ALLOW),
        ("plans/absent.md", Verdict.ALLOW),
        ("logs/day.csv", Verdict.ALLOW),
        ("drafts/a.md", Verdict.REFUSE),
        ("logs/deep/day.csv", Verdict.REFUSE),
        ("plans/../drafts/a.md", Verdict.REFUSE),
        ("Plans/okr.json", Verdict.REFUSE),
        ("plans", Verdict.REFUSE),
        ("hard.md", Verdict.REFUSE),
        ("linked/secret.md", Verdict.REFUSE),
    ],
)
def test_reading_is_allowed_inside_the_globs_and_refused_elsewhere(place: Place, path: str, verdict: Verdict) -> None:
    assert decide_read(PLANNER, place.root, path, FOLDER).verdict is verdict


PARTS = st.one_of(
    st.sampled_from(["drafts", "plans", "linked", "out", "up", "..", ".", "", "hard.md", "dangling.md", "Drafts"]),
    st.sampled_from(["secret.md", "new.md", "outside", "private", "drаfts", "ｄrafts", "a\u200b.md", "~", "C:"]),
    st.text(max_size=6),
)
PATHS = st.one_of(st.lists(PARTS, min_size=1, max_size=6).map("/".join), st.text())


@given(path=PATHS)
def test_what_is_allowed_lands_below_the_root_and_in_the_globs(place: Place, path: str) -> None:
    decision = decide_write(PLANNER, place.root, path, FOLDER)
    if decision.verdict is not Verdict.ALLOW:
        assert decision.reason
        return
    assert matches(decision.path, WRITES)
    FOLDER.write(place.root, decision.path, b"written")
    written = (place.root / decision.path).resolve(strict=True)
    assert written == place.root.resolve() / decision.path and written.read_bytes() == b"written"
    assert (place.outside / "secret.md").read_text() == "secret"
    assert [file.name for file in place.outside.iterdir()] == ["secret.md"]
    assert sorted(file.name for file in place.root.parent.iterdir()) == ["case", "outside"]
    assert decide_write(PLANNER, place.root, decision.path, FOLDER).verdict is Verdict.ALLOW
    FOLDER.remove(place.root, decision.path)
    (place.root / "drafts").mkdir(exist_ok=True)


@given(path=PATHS)
def test_every_path_gets_a_decision_and_reading_stays_in_the_globs(place: Place, path: str) -> None:
    decision = decide_read(PLANNER, place.root, path, FOLDER)
    assert decision.verdict is not Verdict.PROPOSE
    if decision.verdict is Verdict.ALLOW:
        assert matches(decision.path, PLANNER.reads)
        assert FOLDER.read(place.root, decision.path) in (None, b"{}")
