"""Tasks in tables: which tables, which columns, states from notes, owners."""

import re
from pathlib import Path

import pytest

from orin_agents.adapters.readers.markdown import read_markdown
from orin_agents.adapters.readers.task_tables import cells_of
from orin_agents.domain.syntax import unified
from orin_agents.domain.tasks import Priority, Task, TaskState

GOALS = Path(__file__).parents[2] / "data" / "rust-goals-2025h1"
NOTES = sorted(GOALS.glob("*.md"))


def table(*rows: str, head: str = "| Task | Owner(s) or team(s) | Notes |") -> tuple[Task, ...]:
    rule = "|---" * (head.count("|") - 1) + "|"
    return read_markdown("a.md", "\n".join(["# Goal", "## Asks", "", head, rule, *rows, "", "after | words"])).tasks


def counted(text: str) -> tuple[int, int]:
    """Rows and done rows of the tables with a task and an owner column, by a way of its own."""
    rows = done = 0
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines and re.match(r"\| *(Task|Milestone) *\| *(Owner|Contributor)", lines[0]):
            rows += len(lines) - 2
            done += len([line for line in lines[2:] if re.search(r"!\[Complete|\| *Done *\||\[x\]", line)])
    return rows, done


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_real_goals_agree_with_a_count_of_another_kind(path: Path) -> None:
    text = unified(path.read_text("utf-8"))
    lines = text.split("\n")
    found = [
        task for task in read_markdown(path.name, text).tasks if lines[(task.source.first_line or 0) - 1][0] == "|"
    ]
    assert (len(found), len([task for task in found if task.state is TaskState.DONE])) == counted(text)


def test_the_real_goals_hold_tasks() -> None:
    assert sum(counted(path.read_text("utf-8"))[0] for path in NOTES) > 100


@pytest.mark.parametrize(
    ("cell", "owner"),
    [
        ("@lqd, @amandasystems", "@lqd, @amandasystems"),
        ("@camelid @compiler-errors", "@camelid, @compiler-errors"),
        ("![Team][] [lang], [types]", "lang, types"),
        ("![Team][] [compiler][] [rustdoc][]", "compiler, rustdoc"),
        ("![Team] [cargo]", "cargo"),
        ("![Team][], [lang]", "lang"),
        ("[RustNL] and moderator team", "RustNL and moderator team"),
        ("*every project member*", "every project member"),
        ("[@ghost](https://x.y/ghost)", "@ghost"),
        ("Research team (students, staff)", "Research team (students, staff)"),
        ("TBD (@a, @b)", ""),
        ("TBD", ""),
        ("", ""),
        ("N/A", ""),
        ("![Help wanted][]", ""),
        ("![Help wanted][], @epage", "@epage"),
    ],
)
def test_owners(cell: str, owner: str) -> None:
    (task,) = table(f"| Work | {cell} | |")
    assert task.owner == owner


@pytest.mark.parametrize(
    ("note", "state"),
    [
        ("![Complete][]", "done"),
        ("![Completed][] for event", "done"),
        ("![Complete](https://x.y)", "done"),
        ("Done", "done"),
        ("**Done**, see #4", "done"),
        ("✅ merged", "done"),
        ("Completed in May", "done"),
        ("already done in [tree]", "done"),
        ("already complete but for tests", "done"),
        ("Complete the design first", "open"),
        ("Not complete", "open"),
        ("to be done", "open"),
        ("In progress, refactor merged", "started"),
        ("![In progress][]", "started"),
        ("Cancelled", "cancelled"),
        ("(Approved)", "open"),
        ("", "open"),
    ],
)
def test_states_from_notes(note: str, state: str) -> None:
    (task,) = table(f"| Work | @a | {note} |")
    assert task.state == state


def test_stretch_and_help_wanted() -> None:
    stretch, help_wanted, misspelt = table(
        "| a | @x | (stretch goal) |", "| b | ![Help Wanted][] | |", "| c | | ![Heap wanted][] |"
    )
    assert (stretch.priority, stretch.tags) == (Priority.LOW, ("stretch",))
    assert help_wanted.tags == misspelt.tags == ("help-wanted",)
    assert (misspelt.group, misspelt.source.first_line) == ("Asks", 8)


@pytest.mark.parametrize(
    ("cell", "title", "state"),
    [
        ("↳ [x] rewrite `'static` parts", "rewrite `'static` parts", "done"),
        ("[ ] tests", "tests", "open"),
        ("~~Write it~~", "Write it", "done"),
        ("[`compiletest`] changes[^1]", "`compiletest` changes", "open"),
        ("Handle `#[doc(hidden)]` well", "Handle `#[doc(hidden)]` well", "open"),
        ("[Register] for **it**", "Register for it", "open"),
        ("Work through #3516", "Work through #3516", "open"),
        ("a \\| b", "a | b", "open"),
        ("&nbsp;&nbsp;inner", "inner", "open"),
    ],
)
def test_titles(cell: str, title: str, state: str) -> None:
    (task,) = table(f"| {cell} | @a | |")
    assert (task.title, task.state) == (title, state)


@pytest.mark.parametrize(
    "head",
    [
        "| Subgoal | Owner |",
        "| Item | Assigned to | X |",
        "| **Action** | Who |",
        "Task | Responsible",
        "| Owner | Task |",
        "| Task | Status |",
        "| Action item | Assignee | Due |",
        "|Milestone|Contributor|",
    ],
)
def test_tables_of_tasks(head: str) -> None:
    rows = read_markdown("a.md", f"{head}\n{'|---' * (head.strip('|').count('|') + 1)}|\n| a | b |\n").tasks
    assert len(rows) == 1


@pytest.mark.parametrize(
    "head",
    [
        "| Metadata | |",
        "| Task | Jan | Feb |",
        "| Name | Owner |",
        "| Team | Support | Notes |",
        "| To do | In progress | Done |",
        "| Todo | Done |",
        "| Operation and status | TODO | ON_HOLD | DONE |",
        "| Goal | Timespan | What and why |",
    ],
)
def test_other_tables(head: str) -> None:
    assert table("| a | b | c |", head=head) == ()


def test_columns_for_due_priority_and_status() -> None:
    head = "| Due | Task | Owner | Priority | Status |"
    first, second = table("| by 2025-03-01 | a | b | High | done |", "| soon | c | d | | wip", head=head)
    assert (str(first.due), first.priority, first.state) == ("2025-03-01", Priority.HIGH, TaskState.DONE)
    assert (second.due, second.priority, second.state) == (None, Priority.NORMAL, TaskState.STARTED)


def test_pipes_in_cells() -> None:
    assert cells_of("| a | `b\\|c` | d |") == ["a", "`b|c`", "d"]
    assert cells_of("| a | `b|c` |", 2) == ["a", "`b|c`"]
    assert cells_of("| a | b \\|") == ["a", "b |"]


def test_a_table_ends_where_it_ends() -> None:
    head = "| Task | Owner |\n|---|---|\n"
    text = f"{head}| a | b |\n## Next\n| x | y |\n\n```\n{head}| code | |\n```\n"
    assert [task.title for task in read_markdown("a.md", text).tasks] == ["a"]
    assert [task.title for task in read_markdown("a.md", text.replace("| b |", "| b |\n| | |\n| c |")).tasks] == [
        "a",
        "c",
    ]
