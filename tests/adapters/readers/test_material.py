"""What a file is taken for, encodings, to-do lists, Taskwarrior exports, calendars; and that nothing freezes."""

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.adapters.readers.material import Material
from orin_agents.domain.material import Format, Reading
from orin_agents.domain.tasks import Energy, Priority, Task, TaskState

DATA = Path(__file__).parents[2] / "data"
BESIDE = Path(__file__).parents[4] / "shared" / "data"
EXPORT = [
    {"id": 1, "uuid": "296d835e-8f85-4224-8f36-c612cad1b9f8", "status": "pending", "description": "One\ttwo",
     "entry": "20250130T120000Z", "due": "20250130T230000Z", "priority": "H", "project": "Home.Garden",
     "tags": ["a", "b"], "depends": ["11111111-0000-0000-0000-000000000000", "99999999-0000-0000-0000-000000000000"],
     "urgency": 12.5, "estimate": "PT1H30M", "annotations": [{"entry": "20250130T120000Z", "description": "x"}]},
    {"uuid": "11111111-0000-0000-0000-000000000000", "status": "completed", "description": "Done",
     "end": "2025-01-31T10:00:00Z", "tags": "c,d", "depends": "296d835e-8f85-4224-8f36-c612cad1b9f8"},
    {"uuid": "22222222-0000-0000-0000-000000000000", "status": "waiting", "description": "Later", "wait": 1738281600},
    {"uuid": "33333333-0000-0000-0000-000000000000", "status": "recurring", "description": "Often", "recur": "weekly"},
    {"uuid": "44444444-0000-0000-0000-000000000000", "status": "deleted", "description": "Gone", "due": "soon"},
    {"uuid": "55555555-0000-0000-0000-000000000000", "status": "pending", "description": "Now",
     "start": "20250131T080000Z"},
]  # fmt: skip


def read(path: str, content: str | bytes, zone: str = "UTC") -> Reading:
    return Material(ZoneInfo(zone)).read(path, content.encode() if isinstance(content, str) else content)


def todo(line: str) -> Task:
    (task,) = read("todo.txt", line).tasks
    return task


@pytest.mark.parametrize(
    ("path", "content", "found"),
    [
        ("a.md", "# x", "markdown"),
        ("a.MARKDOWN", "", "markdown"),
        ("todo.txt", "a", "todo.txt"),
        ("x/done.txt", "", "todo.txt"),
        ("work.todo.txt", "a", "todo.txt"),
        ("tasks.txt", "(A) a +p\nx 2024-01-01 b\n", "todo.txt"),
        ("letter.txt", "Dear Ann,\n(A) is the first.\n", "other"),
        ("mastodon.txt", "a", "other"),
        ("a.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR", "calendar"),
        ("a.json", json.dumps(EXPORT[:4]), "taskwarrior"),
        ("package.json", '{"name": "x"}', "other"),
        ("list.json", '[{"title": "x"}]', "other"),
        ("a.canvas", "{}", "other"),
        ("a.png", b"\x89PNG\0", "other"),
        ("README", "- [ ] a", "other"),
    ],
)
def test_formats(path: str, content: str | bytes, found: str) -> None:
    reading = read(path, content)
    assert (reading.format, reading.left_out) == (found, ())
    assert reading.title


@pytest.mark.parametrize(
    ("data", "title", "says"),
    [
        ("# Größe".encode(), "Größe", ""),
        ("# Größe".encode("utf-8-sig"), "Größe", ""),
        ("# Größe".encode("utf-16"), "Größe", ""),
        (b"\xfe\xff" + "# Größe".encode("utf-16-be"), "Größe", ""),
        ("# Größe €".encode("cp1252"), "Größe €", "Windows-1252"),
        (b"# Gr\x81\xf6\xdfe", "Gr\x81öße", "Latin-1"),
        ("# Größe ä".encode() + b"\xff", "Größe ä\ufffd", "1 characters are not UTF-8"),
        (b"# a\0b", "a", "NUL"),
    ],
)
def test_encodings(data: bytes, title: str, says: str) -> None:
    reading = read("a.md", data)
    assert reading.title == title
    assert [says in left.reason for left in reading.left_out] == ([True] if says else [])


def test_line_ends_count_the_same() -> None:
    for end in ("\n", "\r\n", "\r"):
        (task,) = read("a.md", end.join(["# a", "", "- [ ] b"])).tasks
        assert (task.source.first_line, task.title) == (3, "b")


def test_todotxt_rules() -> None:
    task = todo(
        "(A) 2011-03-02 Call Mom +Family @phone due:2011-03-05 rec:1w t:2011-03-04 id:m1 dep:a,b est:20m energy:low"
    )
    assert (task.priority, task.created, task.title) == (Priority.HIGHEST, date(2011, 3, 2), "Call Mom")
    assert (task.group, task.tags, task.due, task.start) == ("Family", ("phone",), date(2011, 3, 5), date(2011, 3, 4))
    assert (task.recurrence, task.id, task.depends_on) == ("1w", "m1", ("a", "b"))
    assert (task.estimate_minutes, task.energy) == (20, Energy.LOW)
    done = todo("x 2011-03-02 2011-03-01 Review Tim's pull request +TodoTxtTouch @github pri:B")
    assert (done.state, done.done, done.created) == (TaskState.DONE, date(2011, 3, 2), date(2011, 3, 1))
    assert (done.priority, done.title) == (Priority.HIGH, "Review Tim's pull request")


@pytest.mark.parametrize("line", ["xylophone lesson", "X 2012-01-01 Make resolutions", "(A) x Find ticket prices"])
def test_not_done_in_todotxt(line: str) -> None:
    assert todo(line).state is TaskState.OPEN


@pytest.mark.parametrize("line", ["Really gotta call Mom (A)", "(b) Get back to the boss", "(B)->Submit TPS report"])
def test_no_priority_in_todotxt(line: str) -> None:
    assert (todo(line).priority, todo(line).title) == (Priority.NORMAL, line)


def test_more_of_todotxt() -> None:
    assert (todo("Email a@example.com about 2+2").tags, todo("Learn 2+2").group) == ((), "")
    assert todo("See http://x.y/z at 10:30 note:kept").title == "See http://x.y/z at 10:30 note:kept"
    assert todo("@shop milk").title == "milk"
    assert todo("Document +TodoTxt format").title == "Document +TodoTxt format"
    assert todo("+a +b @c").title == "+a +b @c"
    assert (todo("a +p +q").group, todo("a +p +q").tags) == ("p", ("q",))
    assert (todo("x no date").done, todo("(A) Call Mom 2011-03-02").created) == (None, None)
    assert [todo(f"({letter}) a").priority for letter in "BCZ"] == [Priority.HIGH, Priority.MEDIUM, Priority.MEDIUM]
    assert todo("x (A) 2015-05-20 2015-04-30 a").created == date(2015, 4, 30)
    assert todo("x 2015-05-20 (A) 2015-04-30 a").priority is Priority.HIGHEST
    broken = read("todo.txt", "\n\na due:2024-02-31\n")
    assert (broken.tasks[0].source.first_line, broken.left_out[0].line) == (3, 3)


def test_taskwarrior_export() -> None:
    first, done, later, often, gone, now = read("a.json", json.dumps(EXPORT, indent=1), "Europe/Berlin").tasks
    assert (first.id, first.title, first.state, first.priority) == (
        "296d835e",
        "One two",
        TaskState.OPEN,
        Priority.HIGH,
    )
    assert (first.due, first.created, first.group) == (date(2025, 1, 31), date(2025, 1, 30), "Home.Garden")
    assert (first.depends_on, first.tags, first.estimate_minutes) == (("11111111", "99999999"), ("a", "b"), 90)
    assert (done.state, done.done, done.tags, done.depends_on) == (
        TaskState.DONE,
        date(2025, 1, 31),
        ("c", "d"),
        ("296d835e",),
    )
    assert (later.state, later.start) == (TaskState.OPEN, date(2025, 1, 31))
    assert (often.recurrence, gone.state, now.state) == ("weekly", TaskState.CANCELLED, TaskState.STARTED)
    assert first.source.first_line == 2


@pytest.mark.parametrize("form", ["array", "lines", "commas"])
def test_taskwarrior_forms(form: str) -> None:
    lines = [json.dumps(item) for item in EXPORT]
    text = {"array": "[\n" + ",\n".join(lines) + "\n]\n", "lines": "\n".join(lines), "commas": ",\n".join(lines)}[form]
    reading = read("export.json", text)
    assert reading.format is Format.TASKWARRIOR
    assert [task.source.first_line for task in reading.tasks] == list(range(2 if form == "array" else 1, 8))[:6]
    assert ["'soon' is no date" in left.reason for left in reading.left_out] == [True]


def test_one_broken_taskwarrior_line_loses_no_other() -> None:
    lines = [json.dumps(item) for item in EXPORT[:4]]
    lines[1] = lines[1][:40]
    reading = read("a.json", "[\n" + ",\n".join(lines) + "\n]")
    assert [task.title for task in reading.tasks] == ["One two", "Later", "Often"]
    assert [(left.line, "not JSON" in left.reason) for left in reading.left_out] == [(3, True)]


def test_the_pattern_of_a_recurring_task_is_not_counted_beside_its_occurrences() -> None:
    pattern = {
        "uuid": "a-1",
        "status": "recurring",
        "description": "Water",
        "recur": "weekly",
        "due": "20250101T000000Z",
    }
    one = {"uuid": "b-1", "status": "pending", "description": "Water", "parent": "a-1", "recur": "weekly"}
    reading = read("a.json", json.dumps([pattern, one], indent=0))
    assert [task.id for task in reading.tasks] == ["b"]
    assert [(left.line, "pattern" in left.reason) for left in reading.left_out] == [(2, True)]
    assert [task.id for task in read("a.json", json.dumps([pattern])).tasks] == ["a"]


def test_a_task_of_a_description_alone_is_read_among_others() -> None:
    reading = read("a.json", json.dumps([EXPORT[0], {"description": "Quick"}, {"title": "x"}]))
    assert [task.title for task in reading.tasks] == ["One two", "Quick"]
    assert ["no description" in left.reason for left in reading.left_out] == [True]


def test_uuids_that_begin_alike_stay_whole() -> None:
    items = [{"uuid": f"aaaaaaaa-{n}", "status": "pending", "description": "x"} for n in range(2)]
    assert [task.id for task in read("a.json", json.dumps(items)).tasks] == ["aaaaaaaa-0", "aaaaaaaa-1"]


def test_broken_json_is_said() -> None:
    (left,) = read("a.json", '{"a": 1,\n"b" 2}').left_out
    assert (left.line, "not JSON" in left.reason) == (2, True)
    assert "nested" in read("a.json", '[{"uuid":' * 100_000).left_out[0].reason


def test_calendars_are_counted() -> None:
    alarm = "BEGIN:VALARM\nUID:{}\nEND:VALARM\n"
    moved = f"BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20250101\n{alarm.format('z')}END:VEVENT\n"
    once = f"BEGIN:VEVENT\nUID:a\n{alarm.format('y')}END:VEVENT\n{moved}"
    reading = read("a.ics", f"BEGIN:VCALENDAR\nX-WR-CALNAME:Work\n{once}BEGIN:VEVENT\nEND:VCALENDAR")
    assert (reading.title, reading.events, reading.left_out[0].line) == ("Work", 1, 16)
    assert "BEGIN:VCALENDAR" in read("a.ics", "nothing").left_out[0].reason


def test_what_a_calendar_holds_beside_events_is_said() -> None:
    to_do = "BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n"
    reading = read("a.ics", f"BEGIN:VCALENDAR\n{to_do}{to_do}END:VCALENDAR\n")
    assert (reading.events, [left.reason for left in reading.left_out]) == (
        0,
        ["to-dos (VTODO): 2; only events are read"],
    )


@pytest.mark.parametrize("root", [DATA, BESIDE], ids=["copied", "whole"])
def test_real_material_is_read(root: Path) -> None:
    if not root.is_dir():
        pytest.skip("the whole material does not lie beside this checkout")
    material = Material()
    readings = [material.read(str(path), path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()]
    assert {reading.format for reading in readings} >= {Format.MARKDOWN, Format.CALENDAR}
    assert sum(len(reading.tasks) for reading in readings) > 100
    reasons = [left.reason for reading in readings for left in reading.left_out if "repair-day" not in left.path]
    expected = ("NUL", "BEGIN:VCALENDAR", "only events are read")
    assert all(any(words in reason for words in expected) for reason in reasons), reasons


LINE = 250_000
"""Characters: enough that time grown with their square would be minutes."""
LONG = {
    "letters": "a",
    "brackets": "[",
    "links": "](x)",
    "images": "![a]",
    "wikilinks": "[[a",
    "ticks": "`a ``b ",
    "bold": "**a ",
    "tags": "#a ",
    "marks": "🔁 a ",
    "waits": "⛔ a , ",
    "dates": "📅 2024-01-01 ",
    "fields": "[due:: 2024-01-01] ",
    "comments": "<!-- ",
    "fences": "``` ",
    "percents": "%%a",
    "pipes": "| a ",
    "quotes": "> ",
    "html": "<b ",
    "hashes": "#",
}


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_a_very_long_line_does_not_freeze(piece: str) -> None:
    line = piece * (LINE // len(piece))
    for text in (line, f"- [ ] x {line}!", f"| Task | Owner |\n|---|---|\n| {line} | b |"):
        assert read("a.md", text).format is Format.MARKDOWN


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    st.sampled_from(["a.md", "todo.txt", "a.json", "a.ics"]),
)
def test_any_bytes_are_read(data: bytes, path: str) -> None:
    assert read(path, data).path == path


@given(
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_any_values_in_an_export(value: object) -> None:
    keys = ("status", "due", "entry", "end", "start", "tags", "depends", "priority", "project", "recur", "estimate")
    item = {"uuid": "a", "description": value, **dict.fromkeys(keys, value)}
    assert len(read("a.json", json.dumps([item])).tasks) == 1
