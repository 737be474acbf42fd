"""Notes: tasks with their fields, links, tags, front matter; what is code or comment is none of these."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.adapters.readers.markdown import read_markdown
from orin_agents.adapters.readers.task_fields import minutes
from orin_agents.domain.material import Reading
from orin_agents.domain.syntax import unified
from orin_agents.domain.tasks import Energy, Priority, Task, TaskState

DEMO = Path(__file__).parents[2] / "data" / "obsidian-tasks-demo"


def note(text: str, path: str = "a.md") -> Reading:
    return read_markdown(path, text)


def demo(name: str) -> Reading:
    return note(unified((DEMO / f"{name}.md").read_text("utf-8")), name)


def only(text: str) -> Task:
    (task,) = note(text).tasks
    return task


@pytest.mark.parametrize("form", ["Tasks Format", "Dataview Format"])
def test_both_forms_of_every_field(form: str) -> None:
    tasks = {task.title: task for task in demo(f"Formats/{form}").tasks}
    assert tasks["Has a created date"].created == date(2023, 4, 13)
    assert tasks["Has a scheduled date"].scheduled == date(2023, 4, 14)
    assert tasks["Has a start date"].start == date(2023, 4, 15)
    assert tasks["Has a due date"].due == date(2023, 4, 16)
    assert tasks["Has a done date"].done == date(2023, 4, 17)
    assert tasks["Has a done date"].state is TaskState.DONE
    assert tasks["Has a cancelled date"].state is TaskState.CANCELLED
    for name in Priority:
        assert tasks[f"{name.capitalize()} priority"].priority is name
    assert tasks["Is a recurring task"].recurrence == "every day when done"
    assert tasks["Remove completed instance of this recurring task when done"].recurrence == "every day"
    assert tasks["do this first"].id == "dcf64c"
    assert tasks["do this after first and some other task"].depends_on == ("dcf64c", "0h17ye")
    assert {task.tags for task in tasks.values()} == {("task",)}
    assert tasks["Has a due date"].group == f"{form} for Dates"


def test_both_forms_say_the_same() -> None:
    one, other = demo("Formats/All Formats Parsing").tasks
    for name in ("state", "priority", "recurrence", "start", "scheduled", "due", "tags"):
        assert getattr(one, name) == getattr(other, name)
    assert (one.source.first_line, other.source.first_line) == (5, 9)


@pytest.mark.parametrize(
    ("line", "title", "due", "tags"),
    [
        ("Write 📅 2024-01-31", "Write", date(2024, 1, 31), ()),
        ("Write 📅2024-01-31 ⏫", "Write", date(2024, 1, 31), ()),
        ("Write 🗓️ 2024-01-31", "Write", date(2024, 1, 31), ()),
        ("Write #a 📅 2024-01-31 #b/c ^block-1", "Write", date(2024, 1, 31), ("a", "b/c")),
        ("#a Write #b it 📅 2024-01-31", "Write #b it", date(2024, 1, 31), ("a", "b")),
        ("Write 📅 2024-01-31 today", "Write 📅 2024-01-31 today", None, ()),
        ("Write [due:: 2024-01-31], (priority:: high)", "Write", date(2024, 1, 31), ()),
        ("Write (due:: 2024-01-31]", "Write (due:: 2024-01-31]", None, ()),
        ("Fix #12 📅 2024-01-31", "Fix #12", date(2024, 1, 31), ()),
        ("Write ✅ 📅 2024-01-31", "Write ✅", date(2024, 1, 31), ()),
        ("Two 📅 2024-01-31 📅 2024-02-01", "Two", date(2024, 1, 31), ()),
        ("See **[[Plan|the plan]]** and [x](y.md) 📅 2024-01-31", "See the plan and x", date(2024, 1, 31), ()),
        ("Call [`a_b`](https://x.y/a_b(1)#c_d) of [the `C::D` kind][k]", "Call `a_b` of the `C::D` kind", None, ()),
        ("Keep `[x](y)` and ![`p`](q.png)", "Keep `[x](y)` and `p`", None, ()),
        ("Keep `**code**` and snake_case_name", "Keep `**code**` and snake_case_name", None, ()),
        ("#only #tags", "#only #tags", None, ("only", "tags")),
    ],
)
def test_fields_are_read_from_the_end_backwards(line: str, title: str, due: date | None, tags: tuple[str, ...]) -> None:
    task = only(f"- [ ] {line}")
    assert (task.title, task.due, task.tags) == (title, due, tags)


def test_what_makes_no_sense_is_said() -> None:
    impossible = note("\n- [ ] Write 📅 2024-02-31 ⏫")
    assert (impossible.tasks[0].due, impossible.tasks[0].priority) == (None, Priority.HIGH)
    assert (impossible.left_out[0].line, "2024-02-31" in impossible.left_out[0].reason) == (2, True)
    assert "end of the line" in note("- [ ] Write 📅 2024-01-31 today").left_out[0].reason
    assert note("- [ ] Write 📅 2024-01-31").left_out == ()


def test_orins_own_fields() -> None:
    task = only("- [ ] Write [estimate:: 1h30m] [energy:: High] [objective:: O1] [owner:: Ann Lee]")
    assert (task.estimate_minutes, task.energy, task.objective, task.owner) == (90, Energy.HIGH, "O1", "Ann Lee")
    assert task.title == "Write"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("45", 45),
        ("45m", 45),
        ("45 min", 45),
        ("2h", 120),
        ("1.5h", 90),
        ("1h30m", 90),
        ("soon", None),
        ("0", None),
        ("", None),
    ],
)
def test_minutes(text: str, found: int | None) -> None:
    assert minutes(text) == found


@pytest.mark.parametrize(
    ("mark", "state"),
    [(" ", "open"), ("x", "done"), ("X", "done"), ("/", "started"), ("-", "cancelled"), (">", "open"), ("!", "open")],
)
def test_statuses(mark: str, state: str) -> None:
    assert only(f"- [{mark}] a").state == state


@pytest.mark.parametrize(
    "line",
    [
        "* [ ] a",
        "+ [ ] a",
        "1. [ ] a",
        "12) [ ] a",
        "> - [ ] a",
        ">> [!x]\n >>> - [ ] a",
        "\t- [ ] a",
        "\u200b\t- [ ] a",
    ],
)
def test_lists_quotes_and_callouts(line: str) -> None:
    assert only(line).title == "a"


@pytest.mark.parametrize(
    "text",
    [
        "- [ ]",
        "- [ ] ",
        "- [x](link)",
        "-[ ] a",
        "[ ] a",
        "- [ab] a",
        "```\n- [ ] a\n```",
        "~~~\n- [ ] a",
        "%%\n- [ ] a\n%%",
        "<!--\n- [ ] a\n-->",
        "> ```\n> - [ ] a\n> ```",
        "````\n```\n- [ ] a\n````",
        "---\na: '\n- [ ] a'\n---\n",
        "<!-- - [ ] a -->",
    ],
)
def test_no_tasks_here(text: str) -> None:
    assert note(text).tasks == ()


@pytest.mark.parametrize(
    "text",
    [
        "> ```\n> code\n- [ ] a",
        "100%% sure\n- [ ] a",
        "a ``` b\n- [ ] a",
        "`<!--`\n- [ ] a",
        "```js\ncode\n```\n- [ ] a",
        "- [ ] a\n  ```sh\n  ls\n  ```",
        "- [ ] a %% hidden %%",
        "- [ ] a <!-- hidden -->",
        "x <!-- open\n- [ ] a",
    ],
)
def test_code_and_comments_end_where_they_end(text: str) -> None:
    assert only(text).title == "a"


def test_children_are_tasks_and_wait_for_nobody() -> None:
    tasks = note("# Plan\n- [ ] a\n    - [ ] b\n        1. [x] c\n").tasks
    assert [(task.title, task.depends_on, task.group) for task in tasks] == [(name, (), "Plan") for name in "abc"]


def test_headings_are_groups_and_the_title() -> None:
    found = note(
        "# The [[X|plan]] #\n- [ ] a\n## Part **two** ##\n- [ ] b\n\nUnder\n---\n- [ ] c\n\nBig\n===\n- [ ] d", "x/y.md"
    )
    assert found.title == "The plan"
    assert [task.group for task in found.tasks] == ["The plan", "Part two", "Under", "Big"]
    assert note("## Later\n# Not the title", "x/My note.md").title == "My note"
    assert note("---\ntitle: Mine\n---\n# Other").title == "Mine"


def test_ids_stay_when_lines_move_or_tasks_are_done() -> None:
    before = note("- [ ] a 📅 2024-01-31\n- [ ] b\n- [ ] a\n")
    after = note("# New\n\n- [ ] b\n- [x] a ✅ 2024-02-01\n- [ ] a\n")
    ids = {task.id for task in before.tasks}
    assert len(ids) == 3
    assert {task.id for task in after.tasks} == ids
    assert ids.isdisjoint(task.id for task in note("- [ ] a\n- [ ] b", "other.md").tasks)


def test_an_id_given_twice_is_given_once() -> None:
    found = note("- [ ] a 🆔 x1\n- [ ] b 🆔 x1")
    assert found.tasks[0].id == "x1" != found.tasks[1].id
    assert found.left_out[0].line == 2


def test_links_of_all_sorts() -> None:
    found = demo("Test Data/all_link_types")
    assert {link.target for link in found.links} == {"markdownLink.md", "wikilink"}
    assert [link.source.first_line for link in found.links][:3] == [3, 4, 6]
    everywhere = [(link.target, link.source.first_line) for link in demo("Test Data/links_everywhere").links]
    assert ("link_in_yaml", 2) in everywhere
    assert ("link_in_heading", 9) in everywhere


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[[a]] ![[b.png]] [[c#h|x]] [[d\\|e]] [[#h]] [[|x]] [[]]", ["a", "b.png", "c", "d"]),
        ("[t](a%20b.md) [t](<c d.md>) [t](./e.md#h 'title') [t](f(1).md)", ["a b.md", "c d.md", "./e.md", "f(1).md"]),
        ("[t](https://x.y) [t](//x) [t](#h) [t](mailto:a@b) [t]() https://z", []),
        ("`[[a]]` \\[[b]] ``[t](c.md)``", []),
        ("[ref]: ./a.md\n[web]: https://x.y\n[^1]: note.md", ["./a.md"]),
        ("[![i](i.png)](a.md)", ["i.png", "a.md"]),
    ],
)
def test_links_within_the_vault(text: str, targets: list[str]) -> None:
    assert sorted(link.target for link in note(text).links) == sorted(targets)


def test_embeds() -> None:
    links = {link.target: link.embed for link in note("![[a]] [[b]] ![x](c.png) [x](d.md) [![i](e.png)](f.md)").links}
    assert links == {"a": True, "b": False, "c.png": True, "d.md": False, "e.png": True, "f.md": False}


def test_tags() -> None:
    text = "---\ntags: [one, '#two']\nTAG: three, four\n---\n#five and #six/seven. a#no #12 `#code` \\#no #été [r]: #x"
    assert note(text).tags == ("one", "two", "three", "four", "five", "six/seven", "été")


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        ("tags:", ()),
        ("tags: []", ()),
        ("tags: a", ("a",)),
        ("tags: a, b", ("a", "b")),
        ("tags:\n  - a\n  - b", ("a", "b")),
        ('{"tags": "a"}', ("a",)),
        ("tags: [a, null, 3]", ("a", "3")),
        ("Tags: '#a #b'", ("a", "b")),
        ("", ()),
    ],
)
def test_front_matter_tags_of_odd_sorts(head: str, tags: tuple[str, ...]) -> None:
    found = note(f"---\n{head}\n---\n")
    assert (found.tags, found.left_out) == (tags, ())


def test_properties_are_text() -> None:
    text = "---\na: true\nb: 2024-07-21\nc: [x, y]\nd:\ne: {f: 1}\naliases: One, Two\n---\nfour words stand here\n"
    found = note(text)
    assert found.properties == {"a": "true", "b": "2024-07-21", "c": "x, y", "d": "", "e": '{"f": 1}'}
    assert (found.aliases, found.words) == (("One", "Two"), 4)


def test_broken_front_matter_is_read_as_far_as_it_goes() -> None:
    found = note("---\ntitle: a: b\ntags:\n  - x\nbad: [1\n---\n- [ ] a\n")
    assert (found.title, found.tags, found.tasks[0].source.first_line) == ("a: b", ("x",), 7)
    assert (found.left_out[0].line, "front matter" in found.left_out[0].reason) == (2, True)


@pytest.mark.parametrize("text", ["---\nwords\n---\n- [ ] a", "---\n- [ ] a", "\n---\nb: 1\n---\n- [ ] a"])
def test_a_rule_is_no_front_matter(text: str) -> None:
    found = note(text)
    assert (found.properties, [task.title for task in found.tasks], found.left_out) == ({}, ["a"], ())


def test_the_demo_vaults_traps() -> None:
    assert [len(demo(f"Test Data/{name}").tasks) for name in ("non_tasks", "example_kanban", "zero_width")] == [0, 1, 2]
    assert len(demo("Test Data/comments_html_style").tasks) == 2
    assert demo("Test Data/links_everywhere").tasks[0].group == "A link in a link_in_heading"


@given(st.text(alphabet=st.sampled_from("-*[] x/|#>`%<!-~:\n\t(){}a1📅2024-010🆔⛔,\\"), max_size=120))
def test_any_text_is_a_note(text: str) -> None:
    found = note(text)
    lines = text.split("\n")
    for task in found.tasks:
        assert task.title.strip()
        assert task.source.first_line is not None
        assert 1 <= task.source.first_line <= len(lines)
    assert len({task.id for task in found.tasks}) == len(found.tasks)
    assert all(0 < (link.source.first_line or 0) <= len(lines) for link in found.links)
