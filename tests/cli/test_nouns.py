"""Every command, its table and its JSON."""

import sys
from pathlib import Path

import pytest

from orin_agents.domain.operations import approvals, artifacts, imports, index
from orin_agents.domain.projects import Project
from tests.cli.conftest import Orin
from tests.house import NOON
from tests.running import Running

ROOT = Path(__file__).parents[2]


def test_projects(orin: Orin) -> None:
    assert "its id is garden" in orin("project", "new", "Garden", "--goal", "grow").out
    assert [row[0] for row in orin("project", "list").rows] == ["home", "garden"]
    assert [one["project"]["id"] for one in orin("project", "list", "--json").json] == ["home", "garden"]
    shown = orin("project", "show", "garden").out
    assert "goal       grow\n" in shown
    assert orin("project", "show", "garden", "--json").json["project"]["goal"] == "grow"
    assert orin("project", "tasks").rows[0][:2] == ["t1", "open"]
    assert orin("project", "tasks", "--json").json[0]["due"] == "2026-03-02"


def test_artifacts_are_made_from_text_file_and_pipe(
    orin: Orin, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "in.md"
    file.write_text("from a file")
    assert orin("artifact", "new", "notes/1.md", "--text", "said").out == "notes/1.md is made (version 1).\n"
    assert orin("artifact", "new", "notes/2.md", "--from", str(file), "--json").json["path"] == "notes/2.md"
    with file.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert orin("artifact", "new", "notes/3.md", "--from", "-").code == 0
    texts = [running.house.files["home", f"notes/{number}.md"][0][0] for number in (1, 2, 3)]
    assert texts == ["said", "from a file", "from a file"]
    assert orin("artifact", "new", "notes/1.md", "--text", "again").code == 4
    file.write_bytes(b"\xff\xfe")
    assert "not text in UTF-8" in orin("artifact", "new", "x.md", "--from", str(file)).err
    assert "cannot be read" in orin("artifact", "new", "x.md", "--from", str(tmp_path / "none")).err


def test_an_artifacts_life(orin: Orin, running: Running) -> None:
    def do(*arguments: str) -> str:
        said = orin("artifact", *arguments)
        assert said.code == 0, said.err
        return said.out

    running.house.files["home", "notes/a.md"].append(("new\n", "agent:critic"))
    assert do("show", "notes/a.md") == "new\n"
    assert do("show", "notes/a.md", "-v", "1") == "# A\n"
    assert "made from  plans/okr.json@1\n" in do("show", "notes/a.md", "--origin")
    assert "[f1] okr.score  Score: 0.62 ratio  ← plans/okr.json:4\n" in do("show", "notes/a.md", "--origin")
    assert "+new\n" in do("diff", "notes/a.md")
    assert [line.split()[0] for line in do("history", "notes/a.md").splitlines()] == ["VERSION", "2", "1"]
    assert do("restore", "notes/a.md", "1") == "notes/a.md is as it was in version 1 (version 3).\n"
    assert "is locked" in do("lock", "notes/a.md")
    assert "locked" in do("list")
    assert "is unlocked" in do("unlock", "notes/a.md")
    assert "is review now" in do("state", "notes/a.md", "review")
    assert "is removed" in do("rm", "notes/a.md")
    for arguments in (("show",), ("history",), ("diff",), ("lock",), ("rm",)):
        assert orin("artifact", *arguments, "notes/a.md", "--json").json


def test_the_project_is_said_by_option_or_environment(
    orin: Orin, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORIN_PROJECT", "garden")
    orin("artifact", "list")
    orin("artifact", "list", "-p", "yard")
    assert [request for _, request in running.house.calls] == [
        artifacts.ListArtifacts(project="garden"),
        artifacts.ListArtifacts(project="yard"),
    ]


def _editor(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "my editor"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    monkeypatch.setenv("EDITOR", f"'{file}' --wait")


def test_an_edit_is_the_next_version(
    orin: Orin, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _editor(tmp_path, 'echo more >> "$2"', monkeypatch)
    assert orin("artifact", "edit", "notes/a.md").out == "notes/a.md is saved (version 2).\n"
    assert running.house.files["home", "notes/a.md"][-1][0] == "# A\nmore\n"
    assert running.house.calls[-1][1].base == 1


def test_an_edit_without_a_change_saves_nothing(
    orin: Orin, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _editor(tmp_path, "true", monkeypatch)
    assert orin("artifact", "edit", "notes/a.md").out == "Nothing was changed.\n"
    assert len(running.house.files["home", "notes/a.md"]) == 1


@pytest.mark.parametrize(("script", "kept"), [('echo mine >> "$2"; exit 3', True), ("exit 3", False)])
def test_an_editor_that_fails_saves_nothing_and_loses_nothing(
    orin: Orin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, kept: bool
) -> None:
    _editor(tmp_path, script, monkeypatch)
    said = orin("artifact", "edit", "notes/a.md")
    assert said.code == 2
    assert ("What you wrote is in " in said.err) is kept
    if kept:
        place = said.err.splitlines()[0].removeprefix("What you wrote is in ")
        assert Path(place).read_text() == "# A\nmine\n"


def test_a_conflict_keeps_what_was_written(
    orin: Orin, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # While the person writes, somebody else restores a version, so that theirs is no longer the newest.
    meanwhile = f"(cd {ROOT} && {sys.executable} -m orin_agents artifact restore notes/a.md 1)"
    _editor(tmp_path, f'{meanwhile} >/dev/null; echo mine >> "$2"', monkeypatch)
    said = orin("artifact", "edit", "notes/a.md")
    assert said.code == 4
    assert "notes/a.md changed meanwhile." in said.err
    assert "  Both.\n" in said.err
    place = said.err.splitlines()[0].removeprefix("What you wrote is in ")
    assert Path(place).read_text() == "# A\nmine\n"
    assert [text for text, _ in running.house.files["home", "notes/a.md"]] == ["# A\n", "# A\n"]


def test_an_editor_that_is_not_there(orin: Orin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    assert "cannot be run" in orin("artifact", "edit", "notes/a.md").err
    monkeypatch.delenv("EDITOR")
    monkeypatch.setenv("PATH", "/none")
    assert "There is no editor." in orin("artifact", "edit", "notes/a.md").err


def test_imports(orin: Orin, running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = orin("import", "vault", "--into", "raw_notes", "--dry-run")
    assert "would come into home; nothing was changed" in said.out
    assert "3 notes, 7 tasks" in said.out
    assert "left out: bad.ics:2: not a calendar" in said.out
    assert running.house.calls[-1][1] == imports.ImportMaterial(
        project="home", path=str(tmp_path / "vault"), into="raw_notes", dry_run=True
    )
    assert "orin import --undo 1" in orin("import", "/vault").out
    assert orin("import", "/vault", "--json").json["counts"] == {"notes": 3, "tasks": 7}
    assert orin("import", "--list").rows[0][:3] == ["1", "home", "/vault"]
    assert orin("import", "--list", "--json").json[0]["batch"] == 1
    undone = orin("import", "--undo", "1").out
    assert "is taken back.\n  it had brought 3 notes, 7 tasks: " in undone
    assert "kept as you changed it: notes/mine.md" in undone
    assert orin("import").code == orin("import", "/vault", "--list").code == 2


def test_approvals(orin: Orin, running: Running) -> None:
    assert orin("approvals", "list").rows[0][:4] == ["1", "home", "critic", "risk_matrix.json"]
    shown = orin("approvals", "show", "1").out
    assert "the file has changed since" in shown
    assert shown.endswith("+new\n")
    assert orin("approvals", "show", "1", "--json").json["proposed"] == "new\n"
    assert "Rejected: risk_matrix.json" in orin("approvals", "reject", "1", "--reason", "too bold").out
    assert running.house.calls[-1][1] == approvals.AnswerApproval(approval=1, reason="too bold")
    assert orin("approvals", "list").out == "Nothing waits for you.\n"
    assert orin("approvals", "list", "--json").json == []
    assert orin("approvals", "list", "--all").rows[0][4] == "rejected"
    assert orin("approvals", "approve", "1", "--json").json["state"] == "approved"
    assert orin("approvals", "show", "7").code == 3


def test_the_crew_and_the_routines(orin: Orin) -> None:
    said = orin("agents", "list")
    assert said.rows[0][:2] == ["strategist", "Strategist"]
    assert said.err == "left out: crew/bad.yaml:4: unknown key 'reeds'\n"
    assert orin("agents", "list", "--json").json["agents"][0]["id"] == "strategist"
    shown = orin("agents", "show", "strategist").out
    assert "writes              drafts/strategic_memos/**\n" in shown
    assert shown.endswith("\nBe brief.\n")
    assert orin("agents", "show", "strategist", "--json").json["reads"] == ["plans/**"]
    assert orin("routines", "list").rows[0][:2] == ["daily_alignment", "morning"]
    assert "every day at 07:30" in orin("routines", "show", "daily_alignment").out
    assert orin("routines", "show", "daily_alignment", "--json").json["steps"][0]["id"] == "memo"
    assert orin("routines", "list", "--json").json["routines"]
    assert orin("graph", "crew", "--mermaid").out.startswith("flowchart LR\n")


def test_the_memory_of_an_agent(orin: Orin, running: Running) -> None:
    shown = orin("agents", "memory", "strategist").out
    assert f"Strategist: {running.workspace}/memory/strategist.md\n\nRules (yours):\nBe" in shown
    assert "  1. plans/okr.json: “not confirmed” [approval 1]\n" in shown
    assert "(waiting for a second observation)\n\nRecent work:\n  - 2026-03-02 12:00 home" in shown
    assert "not confirmed" in orin("agents", "memory", "strategist", "--told").out
    assert "keeps it in mind" in orin("agents", "remember", "strategist", "Ask first.").out
    lessons = orin("agents", "memory", "strategist", "--json").json["lessons"]
    assert [lesson["text"] for lesson in lessons][2:] == ["Ask first."]
    assert orin("agents", "forget", "strategist", "3").out == "Forgotten: Ask first.\n"
    assert orin("agents", "forget", "strategist", "1", "--json").json["evidence"] == ["approval 1"]
    assert orin("agents", "forget", "strategist", "many").code == 2


def test_the_doctor_ends_with_1_on_a_problem(orin: Orin, running: Running) -> None:
    said = orin("doctor")
    assert (said.code, said.rows[1][0]) == (0, "warning")
    assert "2 checks: 0 problems, 1 warnings." in said.out
    (running.workspace / "sick").touch()
    assert orin("doctor").code == 1
    said = orin("doctor", "--json")
    assert (said.code, said.json[1]["verdict"]) == (1, "problem")


def test_the_doctor_says_that_no_host_can_start(shell: Orin, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(isolated)
    said = shell("doctor", "--json")
    assert said.code == 1
    assert [(line["verdict"], line["name"]) for line in said.json] == [("problem", "workspace")]
    assert "orin init" in said.json[0]["remedy"]


def test_the_newest_project_is_listed_with_its_title_made_harmless(orin: Orin, running: Running) -> None:
    running.house.projects.append(Project(id="evil", title="a\x1b[2Jb\nc", created=NOON))
    assert orin("project", "list").rows[1][:2] == ["evil", "a␛[2Jb c"]


def test_what_is_not_text_is_not_printed_or_edited(orin: Orin, running: Running) -> None:
    running.house.files["home", "photo.png"] = [("\0", "person:ada")]
    for arguments in (("show",), ("edit",)):
        said = orin("artifact", *arguments, "photo.png")
        assert (said.code, said.out) == (2, "")
        assert "is not text" in said.err
    assert orin("artifact", "show", "photo.png", "--json").json["binary"] is True


def test_search_shows_places_and_passages(orin: Orin, running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    said = orin("search", "hall")
    first, *rest = said.out.splitlines()
    assert first == "garden: notes/a.md@2:3–25  A › B"
    assert rest[0].startswith("  Evil ␛]0;title␇ [red]name[/red]")
    assert [line for line in rest if line.startswith("garden: ")] == [first]
    assert "  …" in rest and "line 9" not in said.out
    assert orin("search", "hall", "-p", "home", "-n", "1").out.splitlines()[0] == "notes/a.md@2:3–25  A › B"
    assert orin("search", "hall", "--json").json["passages"][0]["first_line"] == 3
    nothing = orin("search", "nothing")
    assert (nothing.out, nothing.err) == ("Nothing was found.\n", "Not in the index yet: 2 files.\n")
    monkeypatch.setenv("ORIN_PROJECT", "yard")
    orin("search", "who has the keys", "--limit", "7")
    asked = [request for _, request in running.house.calls][-1]
    assert asked == index.SearchPassages(query="who has the keys", project="yard", most=7)


def test_the_index(orin: Orin) -> None:
    assert orin("index", "status").out.splitlines() == [
        "passages       12 of 3 files",
        "files to come  1",
        "by meaning     opened at the first search",
        "  not read: home/scan.pdf: holds no text; it may be a scan",
    ]
    assert orin("index", "status", "--json").json["pending"] == 1
    assert "by meaning  hashing, 11 passages\nproblem     slow\n" in orin("index", "rebuild").out
    assert orin("index", "rebuild", "--json").json["embedded"] == 11
