"""Work due against free hours."""

from datetime import date, datetime, timedelta
from datetime import time as clock

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.calendar import Event, WorkingHours
from orin_agents.domain.facts import Severity, Source
from orin_agents.domain.tasks import Task, TaskState
from orin_agents.skills.feasibility import weigh_load
from tests.skills.planning import BERLIN, MONDAY, at, event, labels, sound, task, task_lists, value, values

HOURS = WorkingHours()
MORNING = at("07:30")


def test_free_hours_are_working_hours_beside_events() -> None:
    events = [
        event("10:00", "12:00"),
        event("11:00", "13:00"),
        event("07:00", "08:00"),
        event("09:00", "17:00", busy=False),
    ]
    found = weigh_load([], events, HOURS, MORNING)
    assert labels(found, "day") == [(MONDAY + timedelta(days=n)).isoformat() for n in range(7)]
    assert values(found, "day") == [5, 8, 8, 8, 8, 0, 0]
    assert value(found, "feasibility.free_hours") == 37
    assert value(found, "feasibility.focus_hours") == 25
    assert value(found, "feasibility.load") == 0


def test_today_counts_from_now_on() -> None:
    assert values(weigh_load([], [], HOURS, at("15:30"), days=2), "day") == [1.5, 8]


def test_work_counts_on_the_day_it_is_due() -> None:
    tasks = [
        task("late", due=MONDAY - timedelta(days=9), estimate_minutes=60),
        task("due", due=MONDAY + timedelta(days=1), scheduled=MONDAY, estimate_minutes=120),
        task("planned", scheduled=MONDAY + timedelta(days=1), estimate_minutes=60),
        task("guess", due=MONDAY),
        task("beyond", due=MONDAY + timedelta(days=7), estimate_minutes=999),
        task("dateless", estimate_minutes=999),
        task("done", due=MONDAY, estimate_minutes=999, state=TaskState.DONE),
    ]
    found = weigh_load(tasks, [], HOURS, MORNING)
    assert [value(found, f"day.{n}.planned") for n in (1, 2, 3)] == [1.5, 3, 0]
    assert value(found, "feasibility.planned_hours") == 4.5
    assert value(found, "feasibility.load") == 0.1125
    assert value(found, "feasibility.unestimated") == 1
    assert any("30 minutes are taken" in remark.text for remark in found.remarks)


def test_calibration_stretches_the_load() -> None:
    found = weigh_load([task("t1", due=MONDAY, estimate_minutes=60)], [], HOURS, MORNING, 1, 1.5)
    assert value(found, "feasibility.planned_hours") == 1.5


def test_a_day_too_full_is_named_even_if_the_week_is_not() -> None:
    tasks = [task("t1", due=MONDAY + timedelta(days=1), estimate_minutes=17 * 60)]
    found = weigh_load(tasks, [], HOURS, MORNING)
    assert value(found, "feasibility.load") < 1
    high = [remark.text for remark in found.remarks if remark.severity is Severity.HIGH]
    assert high == ["By Tuesday 24 November, 17 h of work are due and 16 h are free."]


def test_both_figures_of_an_overrun_are_facts_with_their_sources() -> None:
    tasks = [task("t1", due=MONDAY + timedelta(days=1), estimate_minutes=16 * 60), task("t2", due=MONDAY)]
    found = weigh_load(tasks, [event("10:00", "11:00")], HOURS, MORNING)
    (high,) = [remark for remark in found.remarks if remark.severity is Severity.HIGH]
    assert high.facts == ("overrun.due", "overrun.free")
    due, free = (found.get(fact) for fact in high.facts)
    assert due and free
    assert (due.value, free.value) == (16 * 60 + 30, 15 * 60)
    assert due.label == "Work due by Tuesday 24 November"
    assert due.sources and free.sources
    assert weigh_load([], [], HOURS, MORNING).get("overrun.due") is None


def test_more_than_focus_allows_is_a_warning() -> None:
    found = weigh_load([task("t1", due=MONDAY, estimate_minutes=400)], [], HOURS, MORNING)
    assert any(r.severity is Severity.WARNING and "focus minutes" in r.text for r in found.remarks)


def test_work_without_any_free_hour_has_no_ratio() -> None:
    weekend = at("09:00", date(2026, 11, 28))
    found = weigh_load([task("t1", due=date(2026, 11, 29))], [], HOURS, weekend, days=2)
    assert value(found, "feasibility.load") is None
    assert any("0 min are free" in remark.text for remark in found.remarks)
    assert value(weigh_load([], [], HOURS, weekend, days=2), "feasibility.load") == 0


def test_days_on_which_the_clocks_change() -> None:
    hours = WorkingHours(start=clock(0), end=clock(12), days=(7,))
    assert values(weigh_load([], [], hours, at("00:00", date(2026, 3, 29)), days=1), "day") == [11]
    assert values(weigh_load([], [], hours, at("00:00", date(2026, 10, 25)), days=1), "day") == [13]


@given(
    task_lists(),
    st.lists(st.tuples(st.integers(-2000, 12000), st.integers(0, 2000)), max_size=8),
    st.integers(1, 9),
    st.times(),
)
def test_hours_add_up_and_stay_within_bounds(
    tasks: list[Task], busy: list[tuple[int, int]], days: int, moment: clock
) -> None:
    def shifted(minutes: int) -> datetime:
        return datetime.fromtimestamp(MORNING.timestamp() + minutes * 60, BERLIN)

    source = Source(path="calendar.ics")
    events = [Event(title="E", start=shifted(s), end=shifted(s + length), source=source) for s, length in busy]
    found = weigh_load(tasks, events, HOURS, datetime.combine(MONDAY, moment, tzinfo=BERLIN), days)
    sound(found)
    free = values(found, "day")
    planned = [value(found, f"{fact.id}.planned") for fact in found.numbered("day")]
    assert len(free) == days
    assert all(0 <= hours <= 8 for hours in free)
    assert abs(sum(free) - value(found, "feasibility.free_hours")) < 0.01
    assert abs(sum(planned) - value(found, "feasibility.planned_hours")) < 0.01
    load = value(found, "feasibility.load")
    assert load is None or load >= 0
