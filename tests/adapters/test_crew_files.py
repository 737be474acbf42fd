"""Agents and routines as files: the workspace's replace the shipped ones, and every slip is named with its line."""

from pathlib import Path

import pytest

from orin_agents.adapters.crew_files import CrewFolders
from orin_agents.adapters.templates import PageTemplates
from orin_agents.domain.material import LeftOut
from orin_agents.domain.routines import Routine
from orin_agents.host.shipped import shipped
from tests.adapters.findings import SKILLS

AGENT = """id: poet
title: Poet
duty: Writes verse.
prompt: You are the Poet.
models: {first: small}
skills: [okr]
writes: [drafts/poems/]
hands_to: [critic]
"""
ROUTINE = """id: verse
title: Verse
part: evening
at: "21:00"
steps:
  - id: write
    agent: scribe
    skills: [okr]
    outputs:
      - path: "drafts/{date}.md"
        template: journal.md.j2
        kind: note
  - id: judge
    agent: critic
"""


def files(workspace: Path) -> CrewFolders:
    ours = shipped()
    return CrewFolders(
        shipped_crew=ours.crew,
        shipped_schedules=ours.schedules,
        crew=workspace / "crew",
        schedules=workspace / "schedules",
        skills=SKILLS,
        templates=PageTemplates(ours.templates).names(),
    )


def write(workspace: Path, name: str, text: str | bytes) -> None:
    path = workspace / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def routines(workspace: Path) -> tuple[tuple[Routine, ...], tuple[LeftOut, ...]]:
    agents, _ = files(workspace).agents()
    return files(workspace).routines(frozenset(agent.id for agent in agents))


def left_out(workspace: Path, text: str) -> LeftOut:
    """What a routine file that must be refused is left out for."""
    write(workspace, "schedules/verse.yaml", text)
    loaded, broken = routines(workspace)
    assert "verse" not in [routine.id for routine in loaded]
    assert len(broken) == 1 and broken[0].path == "schedules/verse.yaml"
    return broken[0]


def test_a_workspace_adds_its_own(tmp_path: Path) -> None:
    write(tmp_path, "crew/poet.yaml", AGENT)
    write(tmp_path, "schedules/verse.yaml", ROUTINE)
    agents, broken = files(tmp_path).agents()
    assert agents[0].id == "manager" and agents[-1].id == "poet"
    assert agents[-1].source.path == "crew/poet.yaml" and agents[0].source.path == "shipped/crew/manager.yaml"
    loaded, more = routines(tmp_path)
    assert "verse" in [routine.id for routine in loaded]
    assert broken == more == ()


def test_a_workspace_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "crew/mine.yaml", AGENT.replace("id: poet", "id: critic").replace("[critic]", "[planner]"))
    write(tmp_path, "schedules/b.yml", ROUTINE.replace("id: verse", "id: brief"))
    agents, _ = files(tmp_path).agents()
    assert [agent.title for agent in agents if agent.id == "critic"] == ["Poet"]
    loaded, _ = routines(tmp_path)
    assert [routine.title for routine in loaded if routine.id == "brief"] == ["Verse"]


def test_a_broken_copy_keeps_the_shipped_one_from_running(tmp_path: Path) -> None:
    write(tmp_path, "schedules/brief.yaml", "id: brief\ntitle: [\n")
    loaded, broken = routines(tmp_path)
    assert "brief" not in [routine.id for routine in loaded]
    assert len(loaded) == 16 and [item.path for item in broken] == ["schedules/brief.yaml"]


def test_a_broken_agent_takes_only_its_routines_along(tmp_path: Path) -> None:
    write(tmp_path, "crew/scribe.yaml", AGENT.replace("id: poet", "id: scribe") + "colour: red\n")
    agents, broken = files(tmp_path).agents()
    assert len(agents) == 14
    assert broken[0].path == "crew/scribe.yaml" and broken[0].line == 9 and "colour" in broken[0].reason
    loaded, more = routines(tmp_path)
    assert {routine.id for routine in loaded}.isdisjoint({"brief", "polish", "knowledge_sync"}) and len(loaded) == 14
    assert all("unknown agent 'scribe'" in item.reason and item.line > 1 for item in more)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("skills: [okr]", "skills: [okr, okrs]", 6, "unknown skill 'okrs'. Did you mean 'okr'?"),
        ("hands_to: [critic]", "hands_to: [critc]", 8, "unknown agent 'critc'. Did you mean 'critic'?"),
        ("[drafts/poems/]", "[../poems/]", 7, "leaves the case file"),
        ("title: Poet", "tilte: Poet", 2, "tilte"),
        ("id: poet", "id: Poet", 1, "id"),
    ],
)
def test_slips_in_an_agent(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    write(tmp_path, "crew/poet.yaml", AGENT.replace(old, new))
    agents, broken = files(tmp_path).agents()
    assert len(agents) == 15
    assert len(broken) == 1 and broken[0].path == "crew/poet.yaml"
    assert broken[0].line == line
    assert reason in broken[0].reason


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("agent: scribe", "agent: scrive", 7, "unknown agent 'scrive'. Did you mean 'scribe'?"),
        ("skills: [okr]", "skills: [okr, drfit]", 8, "unknown skill 'drfit'. Did you mean 'drift'?"),
        ("journal.md.j2", "jurnal.md.j2", 11, "unknown template 'jurnal.md.j2'. Did you mean 'journal.md.j2'?"),
        ("drafts/{date}.md", "plans/{date}.md", 10, "lies outside what 'scribe' may write"),
        ("drafts/{date}.md", "drafts/../plans/{week}.md", 10, "impossible path"),
        ("drafts/{date}.md", "drafts/{when}.md", 10, "unknown field {when}"),
        ('at: "21:00"', 'at: "25:00"', 4, "25:00"),
        ("kind: note", "kind: poem", 12, "kind"),
    ],
)
def test_slips_in_a_routine(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    found = left_out(tmp_path, ROUTINE.replace(old, new))
    assert reason in found.reason
    assert found.line == line or old == 'at: "21:00"'


def test_a_path_outside_may_be_proposed(tmp_path: Path) -> None:
    text = ROUTINE.replace("drafts/{date}.md", "plans/{date}.md").replace(
        "kind: note", "kind: note\n        propose: true"
    )
    write(tmp_path, "schedules/verse.yaml", text)
    assert routines(tmp_path)[1] == ()


def test_a_loop_needs_a_bound(tmp_path: Path) -> None:
    forth, back = "  - {from: write, to: judge}\n", "  - {from: judge, to: write}\n"
    found = left_out(tmp_path, f"{ROUTINE}edges:\n{forth}{back}")
    assert found.line == 17 and "closes a loop that nothing bounds. Add at_most" in found.reason
    write(tmp_path, "schedules/verse.yaml", f"{ROUTINE}edges:\n{forth}{back.replace('}', ', at_most: 2}')}")
    assert routines(tmp_path)[1] == ()


def test_a_step_that_leads_to_itself_is_a_loop(tmp_path: Path) -> None:
    assert "loop" in left_out(tmp_path, f"{ROUTINE}edges:\n  - {{from: write, to: write}}\n").reason


def test_an_id_counts_once(tmp_path: Path) -> None:
    write(tmp_path, "crew/a.yaml", AGENT)
    write(tmp_path, "crew/b.yaml", AGENT.replace("Poet", "Bard"))
    agents, broken = files(tmp_path).agents()
    assert agents[-1].title == "Poet"
    assert broken == (LeftOut(path="crew/b.yaml", line=1, reason=broken[0].reason),)
    assert "already taken by crew/a.yaml" in broken[0].reason


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"- a\n", b"id: [", b"\x00", b"x" * 1_000_001, b"a: &a [*a]"])
def test_what_is_no_yaml_is_left_out(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, "crew/odd.yaml", data)
    agents, broken = files(tmp_path).agents()
    assert len(agents) == 15
    assert [item.path for item in broken] == ["crew/odd.yaml"] and broken[0].reason


def test_other_files_are_nobodys_business(tmp_path: Path) -> None:
    write(tmp_path, "crew/notes.txt", "not an agent")
    write(tmp_path, "crew/.hidden.yaml", "not an agent")
    (tmp_path / "crew" / "folder.yaml").mkdir()
    agents, broken = files(tmp_path).agents()
    assert len(agents) == 15
    assert [item.path for item in broken] == ["crew/folder.yaml"]
