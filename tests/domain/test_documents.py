"""Files into models: sources, and each slip with its line and remedy."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from orin_agents.domain import okr, project_map, risks, routines, rules, settings, task_log, task_queue
from orin_agents.domain.documents import read_document
from orin_agents.domain.errors import BrokenFile
from orin_agents.domain.facts import Severity, Source
from orin_agents.domain.tasks import Energy, Priority, TaskState

OKR = """{
  "period_start": "2025-01-01",
  "objectives": [
    {"id": "O1", "title": " Grow ",
     "key_results": [
       {"id": "K1", "title": "Users", "target": 100, "due": "2025-03-31"},
       {"id": "K2", "title": "Bugs", "start": 50, "target": 10}
     ]},
    {"id": "O2", "title": "Rest", "weight": 0}
  ]
}
"""


def refused(model: type[BaseModel], text: str, path: str = "a.yaml") -> BrokenFile:
    with pytest.raises(BrokenFile) as caught:
        read_document(model, text, path)
    assert str(caught.value).startswith(path)
    assert caught.value.remedy
    assert caught.value.kept
    return caught.value


def test_okr_is_read_with_its_lines() -> None:
    found = read_document(okr.Okr, OKR, "plans/okr.json")
    grow, rest = found.objectives
    assert (grow.title, rest.weight) == ("Grow", 0)
    assert grow.key_results[0].due == date(2025, 3, 31)
    assert grow.source == Source(path="plans/okr.json", first_line=4, last_line=8)
    assert grow.key_results[1].source.first_line == 7
    assert "source" not in grow.model_dump()
    assert "source" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("old", "new", "line", "says", "remedy"),
    [
        ('"title": "Users"', '"titel": "Users"', 6, "unknown key 'objectives.0.key_results.0.titel'", "'title'"),
        (', "target": 100', "", 6, "'objectives.0.key_results.0.target' is missing", "'target'"),
        ('"target": 100', '"target": "many"', 6, "valid number", ""),
        ('"target": 100', '"target": true', 6, "true is not a number", ""),
        ('"target": 100', '"target": NaN', 6, "finite", ""),
        ('"target": 100', '"target": 1e999', 6, "finite", ""),
        ('"target": 100', '"target": 0', 6, "progress cannot be measured", ""),
        ('"2025-03-31"', "20250331", 6, "20250331 is not a date", "YYYY-MM-DD"),
        ('"2025-03-31"', '"1738281600"', 6, "not a date", "YYYY-MM-DD"),
        ('"2025-03-31"', '"2025-02-30"', 6, "due", ""),
        ('"O2"', '"K1"', 9, "the id 'K1' is used twice", ""),
        ('"O2", "title": "Rest"', '"O2",\n "title": 7', 10, "valid string", "quotes"),
        ('"weight": 0', '"weight": -1', 9, "weight", ""),
        ('"weight": 0', '"source": "me"', 9, "unknown key 'source'", "known keys"),
        ('"id": "O1"', '"id": ""', 4, "objectives.0.id", ""),
        ('"2025-01-01"', '"2025-01-01", "period_end": "2024-01-01"', 1, "before period_start", ""),
    ],
)
def test_slips_name_line_and_remedy(old: str, new: str, line: int, says: str, remedy: str) -> None:
    assert OKR.count(old) == 1
    error = refused(okr.Okr, OKR.replace(old, new), "plans/okr.json")
    assert error.line == line
    assert says in error.reason
    assert remedy in error.remedy


def test_the_first_of_many_slips_is_named() -> None:
    text = "risks:\n  - id: a\n    title: b\n    probability: 9\n    impact: 3\n  - id: c\n    titel: d\n"
    assert refused(risks.RiskMatrix, text).line == 4
    assert "titel" in refused(risks.RiskMatrix, text.replace("9", "3")).reason


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "empty"), ("\ufeff\n", "empty"), ("# only a remark", "empty"), ("[]", "mapping"), ("words", "mapping")],
)
def test_what_is_no_mapping(text: str, says: str) -> None:
    error = refused(task_queue.TaskQueue, text)
    assert says in error.reason
    assert "tasks" in error.remedy


def test_json_that_is_empty_or_marked() -> None:
    assert "empty" in refused(task_queue.TaskQueue, " \n", "task_queue.json").reason
    assert read_document(task_queue.TaskQueue, '\ufeff{"tasks": []}', "task_queue.json").tasks == []


def test_json_escapes_are_those_of_json() -> None:
    queue = read_document(
        task_queue.TaskQueue, '{"tasks":[{"id":"1","title":"\\ud83d\\ude00 \\/ \u2028"}]}', "task_queue.json"
    )
    assert queue.tasks[0].title == "😀 / \u2028".strip()


def test_a_queued_task_becomes_a_task() -> None:
    text = """{"tasks": [
      {"id": "a", "title": "Write", "state": "started", "priority": "high", "due": "2025-01-31", "energy": "low",
       "estimate_minutes": 45, "depends_on": ["b"], "tags": ["x"], "objective": "O1"}]}"""
    task = read_document(task_queue.TaskQueue, text, "task_queue.json").tasks[0].task()
    assert (task.state, task.priority, task.energy) == (TaskState.STARTED, Priority.HIGH, Energy.LOW)
    assert (task.due, task.depends_on, task.tags) == (date(2025, 1, 31), ("b",), ("x",))
    assert (task.source.path, task.source.first_line, task.source.last_line) == ("task_queue.json", 2, 3)


def test_repeated_ids_are_refused_where_they_repeat() -> None:
    assert refused(task_queue.TaskQueue, "tasks:\n- {id: a, title: x}\n- {id: a, title: y}").line == 3
    risk = "{id: a, title: x, probability: 1, impact: 1}"
    assert refused(risks.RiskMatrix, f"risks:\n- {risk}\n- {risk}").line == 3
    rule = "{id: a, text: x, applies_to: '*', check: exists}"
    assert refused(rules.RuleChecklist, f"rules:\n- {rule}\n- {rule}").line == 3


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("check: matches, value: '('", "does not compile"),
        ("check: most_words, value: many", "whole number"),
        ("check: contains", "needs a value"),
        ("check: smells, value: a", "check"),
    ],
)
def test_rules_that_cannot_be_checked(rule: str, says: str) -> None:
    error = refused(rules.RuleChecklist, f"rules:\n\n- {{id: a, text: x, applies_to: '*', {rule}}}")
    assert error.line == 3
    assert says in error.reason


def test_rules_are_read() -> None:
    text = (
        "rules:\n- id: a\n  text: Short\n  applies_to: drafts/**\n  check: most_words\n  value: 500\n  severity: high\n"
    )
    (rule,) = read_document(rules.RuleChecklist, text, rules.PATH).rules
    assert (rule.value, rule.severity, rule.source.last_line) == (500, Severity.HIGH, 7)


def test_times_need_no_quotes_and_numbers_are_none() -> None:
    assert read_document(settings.Settings, "work_start: 12:30", "workspace.yaml").work_start.hour == 12
    assert "time" in refused(settings.Settings, "work_start: 720").reason
    assert "not a number" in refused(settings.Settings, "focus_minutes: true").reason
    routine = (
        "id: a\ntitle: A\npart: morning\nat: 12:30\nsteps:\n- {id: s, agent: planner}\nedges:\n- {from: s, to: s}\n"
    )
    assert read_document(routines.Routine, routine, "a.yaml").at == "12:30"
    assert refused(routines.Routine, routine.replace("agent:", "agnet:")).line == 6


def test_five_thousand_tasks_are_read_with_their_lines() -> None:
    tasks = [{"id": f"t{n}", "title": f"Task {n}", "due": "2025-01-31", "tags": ["a"]} for n in range(5000)]
    text = json.dumps({"tasks": tasks}, indent=2)
    queue = read_document(task_queue.TaskQueue, text, "task_queue.json")
    assert (queue.tasks[4999].source.first_line, len(queue.tasks)) == (2 + 8 * 4999 + 1, 5000)


STRAY = st.text(alphabet=st.sampled_from("ab :-{}[],\"'|>&*!\n\t\r\\#019é"), max_size=12)
WHOLE = {
    okr.Okr: OKR,
    risks.RiskMatrix: "risks:\n- id: a\n  title: b\n  probability: 3\n  impact: 2\n  review: 2025-01-31\n",
    rules.RuleChecklist: "rules:\n- id: a\n  text: b\n  applies_to: '*'\n  check: lacks\n  value: TBD\n",
    task_queue.TaskQueue: '{"tasks": [{"id": "a", "title": "b", "due": "2025-01-31", "energy": null}]}',
}


@given(st.data())
def test_any_damage_gives_a_model_or_broken_file(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(list(WHOLE)))
    text = WHOLE[model]
    start = data.draw(st.integers(0, len(text)))
    damaged = text[:start] + data.draw(STRAY) + text[start + data.draw(st.integers(0, 20)) :]
    for path in ("a.yaml", "a.json"):
        try:
            assert isinstance(read_document(model, damaged, path), model)
        except BrokenFile as error:
            assert error.remedy


LOG = "date,task,objective,minutes,estimate_minutes,energy,note\n2025-01-31,a,O1,45,30,High,fine\n"


def test_task_log_is_read() -> None:
    (entry,) = task_log.read_task_log("\ufeff" + LOG.replace("\n", "\r\n"))
    assert (entry.date, entry.minutes, entry.estimate_minutes) == (date(2025, 1, 31), 45, 30)
    assert (entry.energy, entry.note, entry.source.first_line) == (Energy.HIGH, "fine", 2)


def test_task_log_keeps_lines_through_quoted_breaks_and_blank_rows() -> None:
    text = LOG + '\n,,,\n2025-02-01,"b, with\nbreak",,5,,,"said ""so"""\n2025-02-02,c,,1\n'
    _, second, third = task_log.read_task_log(text)
    assert (second.task, second.note) == ("b, with\nbreak", 'said "so"')
    assert (second.source.first_line, second.source.last_line, third.source.first_line) == (5, 6, 7)
    assert (third.energy, third.estimate_minutes) == (None, None)


def test_task_log_columns_may_stand_in_any_order() -> None:
    (entry,) = task_log.read_task_log("Minutes, Task ,date\n5,a,2025-01-01\n")
    assert (entry.task, entry.minutes) == ("a", 5)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "empty"),
        ("date;task;minutes\n", 1, "header lacks"),
        ("date,task,minutes,mood\n", 1, "unknown column 'mood'"),
        ("date,task,minutes,task\n", 1, "stands twice"),
        (LOG + "31.01.2025,a,,5,,,\n", 3, "not a date"),
        (LOG + "2025-01-31,a,,soon,,,\n", 3, "not a number"),
        (LOG + "2025-01-31,a,,nan,,,\n", 3, "outside a day"),
        (LOG + "2025-01-31,a,,-1,,,\n", 3, "outside a day"),
        (LOG + "2025-01-31,a,,5,1441,,\n", 3, "estimate_minutes"),
        (LOG + "2025-01-31,a,,5,,wild,\n", 3, "energy 'wild'"),
        (LOG + "2025-01-31,,,5,,,\n", 3, "no task"),
        (LOG + "2025-01-31,a,,5,,,x,y\n", 3, "more cells"),
        (LOG + '2025-01-31,"a,,5,,,\n2025-01-31,b,,5\n', 3, "not CSV"),
        (LOG + "2025-01-31,a\n", 3, "minutes"),
    ],
)
def test_task_log_slips(text: str, line: int, says: str) -> None:
    with pytest.raises(BrokenFile) as caught:
        task_log.read_task_log(text)
    assert (caught.value.line, says in caught.value.reason) == (line, True), caught.value
    assert caught.value.remedy


MAP = """# Project map
## In Scope ##
- parsing
* reading
not an item
## Out-of-scope
+ a graphical editor
```
- not this
```
## Notes
- not this either
## Initiatives
| Initiative | Objective | Value | Urgency | Risk reduction | Size |
| --- | :-: | --- | --- | --- | --- |
| Import \\| export | O1 | 8 | 5 | 3 | 5 |
|  |  |  |  |  |  |
| Rest | | 0 | 0 | 0 | 0.5
"""


def test_project_map_is_read() -> None:
    found = project_map.read_project_map(MAP)
    assert [line.text for line in found.in_scope] == ["parsing", "reading"]
    assert [(line.text, line.source.first_line) for line in found.out_of_scope] == [("a graphical editor", 7)]
    first, second = found.initiatives
    assert (first.name, first.objective, first.value, first.size, first.source.first_line) == (
        "Import | export",
        "O1",
        8,
        5,
        16,
    )
    assert (second.name, second.size) == ("Rest", 0.5)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("| Size |", "|", 14, "lacks the column 'size'"),
        ("| 8 |", "| high |", 16, "value 'high'"),
        ("| 8 |", "| nan |", 16, "out of range"),
        ("| 8 |", "| -1 |", 16, "out of range"),
        ("| 0.5", "| 0", 18, "size is 0"),
        ("| Rest |", "| |", 18, "names no initiative"),
        ("| 0 | 0.5", "", 18, "risk reduction ''"),
    ],
)
def test_project_map_slips(old: str, new: str, line: int, says: str) -> None:
    assert MAP.count(old) == 1
    with pytest.raises(BrokenFile) as caught:
        project_map.read_project_map(MAP.replace(old, new))
    assert (caught.value.line, says in caught.value.reason) == (line, True), caught.value


@given(st.text(alphabet=st.sampled_from("|-#: \n\r\tI\\a1,\"'`"), max_size=80))
def test_any_text_gives_a_map_or_log_or_broken_file(text: str) -> None:
    for read, before in ((project_map.read_project_map, "## Initiatives\n"), (task_log.read_task_log, LOG)):
        for whole in (text, before + text):
            try:
                read(whole)
            except BrokenFile as error:
                assert error.line <= whole.count("\n") + whole.count("\r") + 1
