"""Tasks, events and objectives to try the planning skills on."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from orin_agents.domain.calendar import Event, WorkingHours
from orin_agents.domain.facts import Finding, Source
from orin_agents.domain.okr import Okr
from orin_agents.domain.task_log import LogEntry
from orin_agents.domain.tasks import Energy, Priority, Task, TaskState

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
HOURS = WorkingHours()


def task(id: str, **fields: Any) -> Task:
    fields.setdefault("title", f"Task {id}")
    line = int("".join(filter(str.isdigit, id)) or 1)
    fields.setdefault("source", Source(path="task_queue.json", first_line=line, last_line=line))
    return Task(id=id, **fields)


def at(clock: str, day: date = MONDAY, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=zone)


def event(start: str, end: str, title: str = "Meeting", day: date = MONDAY, **fields: Any) -> Event:
    source = Source(path="calendar.ics")
    return Event(title=title, start=at(start, day), end=at(end, day), source=source, **fields)


def log(day: date, task: str, minutes: float, **fields: Any) -> LogEntry:
    return LogEntry(date=day, task=task, minutes=minutes, source=Source(path="task_log.csv", first_line=2), **fields)


def okr(*objectives: dict[str, Any], **fields: Any) -> Okr:
    return Okr.model_validate({"objectives": list(objectives), **fields})


def goal(id: str, weight: float = 1.0, *results: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "title": f"Objective {id}", "weight": weight, "key_results": list(results)}


def result(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "title": f"Result {id}", "target": 10, **fields}


def values(finding: Finding, prefix: str) -> list[Any]:
    return [fact.value for fact in finding.numbered(prefix)]


def labels(finding: Finding, prefix: str) -> list[str]:
    return [fact.label for fact in finding.numbered(prefix)]


def value(finding: Finding, name: str) -> Any:
    fact = finding.get(name)
    assert fact is not None, f"no fact {name} in {[fact.id for fact in finding.facts]}"
    return fact.value


def sound(finding: Finding) -> None:
    """Every fact has an id of its own, and every remark rests on facts that are there."""
    ids = [fact.id for fact in finding.facts]
    assert len(ids) == len(set(ids))
    for remark in finding.remarks:
        assert set(remark.facts) <= set(ids), remark
        assert remark.text.endswith(".")


DAYS = st.dates(date(2026, 11, 16), date(2026, 12, 6))


@st.composite
def task_lists(draw: st.DrawFn, most: int = 12) -> list[Task]:
    """Tasks of every kind, with dependencies on each other, on themselves and on what is not there."""
    ids = [f"t{number}" for number in range(draw(st.integers(0, most)))]
    return [
        task(
            id,
            state=draw(st.sampled_from([TaskState.OPEN] * 4 + list(TaskState))),
            priority=draw(st.sampled_from(list(Priority))),
            due=draw(st.none() | DAYS),
            start=draw(st.none() | st.none() | DAYS),
            scheduled=draw(st.none() | st.none() | DAYS),
            estimate_minutes=draw(st.none() | st.integers(0, 700)),
            energy=draw(st.none() | st.sampled_from(list(Energy))),
            depends_on=tuple(draw(st.lists(st.sampled_from([*ids, "elsewhere"]), max_size=2))),
        )
        for id in ids
    ]
