"""A packed day: its rules by property, its cases one by one."""

from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.calendar import EnergySpan, Event, WorkingHours
from orin_agents.domain.facts import Finding, Severity, Source
from orin_agents.domain.tasks import Energy, Priority, Task, TaskState
from orin_agents.skills.precedence import find_precedence
from orin_agents.skills.timeblocks import pack_day
from orin_agents.skills.workdays import is_busy, local_span, next_workday, working_span
from tests.skills.planning import BERLIN, MONDAY, at, event, labels, sound, task, task_lists, value, values

HOURS = WorkingHours()
MORNING = at("07:30")


def spans(found: Finding, prefix: str = "block") -> list[str]:
    """The blocks as `09:00–09:30`."""
    intervals = [[datetime.fromisoformat(part) for part in str(v).split("/")] for v in values(found, prefix)]
    return [f"{start:%H:%M}–{end:%H:%M}" for start, end in intervals]


def pack(tasks: list[Task], events: list[Event] | None = None, now: datetime = MORNING, **hours: Any) -> Finding:
    found = pack_day(tasks, events or [], WorkingHours(**hours), now)
    sound(found)
    return found


def test_blocks_stand_around_the_calendar_with_breaks_between_them() -> None:
    tasks = [task("t1", estimate_minutes=60), task("t2", estimate_minutes=45), task("t3", estimate_minutes=60)]
    found = pack(tasks, [event("10:00", "11:00", "Stand-up"), event("12:00", "13:00", "Lunch", busy=False)])
    assert spans(found) == ["09:00–10:00", "11:00–11:45", "11:55–12:55"]
    assert [value(found, f"block.{n}.task") for n in (1, 2, 3)] == ["t1", "t2", "t3"]
    assert value(found, "block.1") == "2026-11-23T09:00:00+01:00/2026-11-23T10:00:00+01:00"
    assert labels(found, "busy") == ["Stand-up"]
    assert value(found, "timeblocks.planned_minutes") == 165
    assert value(found, "timeblocks.free_minutes") == 420
    block = found.get("block.1")
    assert block is not None
    assert block.unit == "interval"
    assert [str(source) for source in block.sources] == ["task_queue.json:1"]


def test_earliest_due_first_then_priority() -> None:
    tasks = [
        task("none", priority=Priority.HIGHEST),
        task("later", due=MONDAY + timedelta(days=3)),
        task("today-low", due=MONDAY, priority=Priority.LOW),
        task("today", due=MONDAY),
    ]
    assert labels(pack(tasks), "block") == ["Task today", "Task today-low", "Task later", "Task none"]


def test_work_begins_now_not_before() -> None:
    assert spans(pack([task("t1")], now=at("13:41:30"))) == ["13:45–14:15"]


def test_what_depends_stands_behind_and_is_not_kept_waiting_by_its_date() -> None:
    tasks = [task("then", due=MONDAY, depends_on=("first",)), task("first"), task("else", due=MONDAY)]
    assert labels(pack(tasks), "block") == ["Task first", "Task then", "Task else"]


def test_what_waits_for_something_unplaced_is_unplaced() -> None:
    tasks = [
        task("first", start=MONDAY + timedelta(days=1)),
        task("then", depends_on=("first",)),
        task("last", depends_on=("then",)),
        task("loop", depends_on=("loop",)),
        task("behind", depends_on=("loop",)),
        task("done", state=TaskState.DONE),
        task("fine", depends_on=("done", "unknown")),
    ]
    found = pack(tasks)
    assert labels(found, "block") == ["Task fine"]
    assert dict(zip(labels(found, "unplaced"), values(found, "unplaced"), strict=True)) == {
        "Task first": "may not start before 2026-11-24",
        "Task then": "waits for first",
        "Task last": "waits for then",
        "Task behind": "waits for loop",
        "Task loop": "cyclic: loop → loop",
    }
    assert any("depends on unknown, which no task bears" in remark.text for remark in found.remarks)


def test_what_is_scheduled_later_waits_unless_it_is_due() -> None:
    tomorrow = MONDAY + timedelta(days=1)
    found = pack([task("t1", scheduled=tomorrow), task("t2", scheduled=tomorrow, due=MONDAY)])
    assert labels(found, "block") == ["Task t2"]
    assert values(found, "unplaced") == ["scheduled for 2026-11-24"]


def test_energy_is_met_where_it_can_be() -> None:
    tasks = [
        task("low", energy=Energy.LOW, estimate_minutes=30, due=MONDAY),
        task("high", energy=Energy.HIGH, estimate_minutes=120),
        task("medium", energy=Energy.MEDIUM, estimate_minutes=60),
    ]
    found = pack(tasks)
    assert labels(found, "block") == ["Task low", "Task high", "Task medium"]
    assert spans(found) == ["09:00–09:30", "09:40–11:40", "14:00–15:00"]
    assert [value(found, f"block.{n}.energy") for n in (1, 2, 3)] == ["high", "high", "medium"]


def test_energy_falls_back_to_the_best_left() -> None:
    meeting = event("09:00", "12:00", "Workshop")
    found = pack([task("t1", energy=Energy.HIGH, estimate_minutes=60)], [meeting])
    assert spans(found) == ["14:00–15:00"]
    assert value(found, "block.1.energy") == "medium"
    whole_night = (EnergySpan(start=clock(20), end=clock(10), level=Energy.HIGH),)
    assert value(pack([task("t1", energy=Energy.HIGH)], energy=whole_night), "block.1.energy") == "high"
    assert any("asks for high energy; what is left of the day offers medium" in r.text for r in found.remarks)


def test_a_long_task_is_split_over_the_gaps() -> None:
    events = [
        event(f"{hour}:00", f"{hour}:30", f"M{hour}") for hour in ("09", "10", "11", "12", "13", "14", "15", "16")
    ]
    found = pack([task("t1", estimate_minutes=70)], events)
    assert spans(found) == ["09:30–10:00", "10:30–10:55", "11:30–11:45"]
    assert value(found, "block.2.part") == "2 of 3"


def test_a_short_task_takes_the_shortest_block() -> None:
    assert spans(pack([task("t1", estimate_minutes=5)])) == ["09:00–09:15"]


def test_without_an_estimate_half_an_hour_is_taken_and_said() -> None:
    found = pack([task("t1")])
    assert spans(found) == ["09:00–09:30"]
    assert value(found, "block.1.assumed") == 30
    assert any(remark.text == "No estimate, so 30 minutes each: “Task t1”." for remark in found.remarks)


def test_calibration_stretches_estimates() -> None:
    found = pack_day([task("t1", estimate_minutes=50)], [], HOURS, MORNING, 1.1)
    assert spans(found) == ["09:00–09:55"]
    assert spans(pack_day([task("t1", estimate_minutes=50)], [], HOURS, MORNING, 1.03)) == ["09:00–09:55"]
    assert spans(pack_day([task("t1", estimate_minutes=52)], [], HOURS, MORNING)) == ["09:00–09:52"]
    assert spans(pack_day([task("t1", estimate_minutes=50)], [], HOURS, MORNING, float("nan"))) == ["09:00–09:50"]


def test_capacity_is_the_focus_of_a_day() -> None:
    tasks = [
        task("t1", estimate_minutes=80),
        task("t2", estimate_minutes=60, due=MONDAY),
        task("t3", estimate_minutes=20),
    ]
    found = pack(tasks, focus_minutes=100)
    assert labels(found, "block") == ["Task t2", "Task t3"]
    assert values(found, "unplaced") == ["capacity: it needs 80 minutes, 40 are left of the day's focus"]


def test_a_task_longer_than_any_day_is_begun() -> None:
    found = pack([task("t1", estimate_minutes=400), task("t2", depends_on=("t1",))])
    assert value(found, "timeblocks.planned_minutes") == 300
    assert values(found, "unplaced") == [
        "capacity: 300 of its 400 minutes are placed, no day holds them all",
        "waits for t1",
    ]


def test_what_is_due_and_does_not_fit_whole_is_begun_and_said_aloud() -> None:
    full = event("09:00", "16:30", "Conference")
    found = pack([task("t1", estimate_minutes=60, due=MONDAY), task("t2", estimate_minutes=50)], [full])
    assert labels(found, "block") == ["Task t1"]
    assert values(found, "unplaced") == [
        "no time for all of it before it is due: 30 of its 60 minutes are placed",
        "no free time left: it needs 50 minutes, the longest gap has 0",
    ]
    high = [remark for remark in found.remarks if remark.severity is Severity.HIGH]
    assert [remark.text for remark in high] == ["1 task that is due does not fit: “Task t1”."]
    assert high[0].facts == ("unplaced.1",)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at("16:50"), date(2026, 11, 24)),
        (at("07:30", date(2026, 11, 21)), MONDAY),
        (at("23:59", date(2026, 11, 27)), date(2026, 11, 30)),
        (at("16:45"), MONDAY),
    ],
)
def test_with_no_working_time_left_the_next_working_day_is_packed(now: datetime, day: date) -> None:
    found = pack([task("t1", estimate_minutes=15)], now=now)
    assert value(found, "timeblocks.day") == day.isoformat()
    assert value(found, "block.1").startswith(day.isoformat())
    assert any("No working time is left today" in remark.text for remark in found.remarks) is (day != now.date())


def test_without_working_days_nothing_is_placed() -> None:
    found = pack([task("t1"), task("a", depends_on=("a",))], days=())
    assert values(found, "unplaced") == ["no free time: no working hours in the next 14 days", "cyclic: a → a"]
    assert value(found, "timeblocks.planned_minutes") == 0


def test_a_night_shift_goes_past_midnight() -> None:
    night = {"start": clock(22), "end": clock(6), "energy": ()}
    assert spans(pack([task("t1", estimate_minutes=240)], [event("22:00", "23:00")], at("20:00"), **night)) == [
        "23:00–03:00"
    ]
    after_midnight = pack([task("t1", start=date(2026, 11, 24))], [], at("01:00", date(2026, 11, 24)), **night)
    assert values(after_midnight, "block")[0].startswith("2026-11-24T01:00:00+01:00")


def test_an_all_day_event_takes_the_day_and_is_named() -> None:
    source = Source(path="calendar.ics")
    away = Event(
        title="Away", start=at("00:00"), end=at("00:00", MONDAY + timedelta(days=1)), source=source, all_day=True
    )
    found = pack([task("t1")], [away])
    assert values(found, "unplaced") == ["no free time left: it needs 30 minutes, the longest gap has 0"]
    assert any("“Away” takes the whole day" in remark.text for remark in found.remarks)


def test_the_calendar_shows_what_is_still_ahead_that_day() -> None:
    events = [
        event("08:00", "09:00", "Over"),
        event("09:30", "10:30", "On"),
        event("20:00", "21:00", "Evening"),
        event("12:00", "12:00", "Reminder"),
        event("09:00", "10:00", "Tomorrow", MONDAY + timedelta(days=1)),
    ]
    assert labels(pack([], events, at("10:00")), "busy") == ["On", "Evening"]


SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
ALL_WEEK = {"days": (1, 2, 3, 4, 5, 6, 7), "energy": (), "focus_minutes": 1440}


def test_when_the_clocks_go_forward_the_hour_is_not_there() -> None:
    found = pack([task("t1", estimate_minutes=120)], [], at("00:30", SPRING), start=clock(1), end=clock(5), **ALL_WEEK)
    assert values(found, "block") == ["2026-03-29T01:00:00+01:00/2026-03-29T04:00:00+02:00"]
    assert value(found, "timeblocks.free_minutes") == 180


def test_when_the_clocks_go_back_the_hour_is_there_twice() -> None:
    found = pack([task("t1", estimate_minutes=240)], [], at("00:30", AUTUMN), start=clock(1), end=clock(5), **ALL_WEEK)
    assert values(found, "block") == ["2026-10-25T01:00:00+02:00/2026-10-25T04:00:00+01:00"]
    assert value(found, "timeblocks.free_minutes") == 300


def test_an_event_in_the_second_of_two_equal_hours_leaves_the_first_free() -> None:
    second = datetime(2026, 10, 25, 2, 0, tzinfo=BERLIN, fold=1)
    busy = Event(title="Night", start=second, end=at("05:00", AUTUMN), source=Source(path="calendar.ics"))
    found = pack(
        [task("t1", estimate_minutes=60)], [busy], at("01:50", AUTUMN), start=clock(2), end=clock(5), **ALL_WEEK
    )
    assert values(found, "block") == ["2026-10-25T02:00:00+02:00/2026-10-25T02:00:00+01:00"]


def test_hours_that_fall_into_the_gap_leave_no_time() -> None:
    hours = WorkingHours(start=clock(2), end=clock(3), **ALL_WEEK)
    assert working_span(hours, SPRING, BERLIN) is None
    assert value(pack_day([], [], hours, at("00:30", SPRING)), "timeblocks.day") == "2026-03-30"


def test_an_empty_day() -> None:
    found = pack([])
    assert value(found, "timeblocks.planned_minutes") == 0
    assert value(found, "timeblocks.free_minutes") == 480
    assert found.remarks == ()


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingHours, list[Event], datetime]:
    """Hours, events around a day (clock changes among them) and a moment."""
    day = draw(st.sampled_from([MONDAY, date(2026, 3, 29), date(2026, 10, 25)]))
    midnight = datetime.combine(day, clock(), tzinfo=BERLIN)
    times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
    hours = WorkingHours(
        start=draw(times),
        end=draw(times),
        days=(1, 2, 3, 4, 5, 6, 7),
        focus_minutes=draw(st.integers(15, 800)),
        shortest_block=draw(st.integers(5, 60)),
        break_minutes=draw(st.integers(0, 30)),
        energy=tuple(
            EnergySpan(start=draw(times), end=draw(times), level=level)
            for level in draw(st.lists(st.sampled_from(list(Energy)), max_size=3))
        ),
    )
    seconds = st.integers(-6 * 3600, 30 * 3600)
    events = []
    for _ in range(draw(st.integers(0, 6))):
        start = datetime.fromtimestamp(midnight.timestamp() + draw(seconds), BERLIN)
        end = datetime.fromtimestamp(start.timestamp() + draw(st.integers(-60, 4 * 3600)), BERLIN)
        source = Source(path="calendar.ics")
        events.append(Event(title="E", start=start, end=end, source=source, busy=draw(st.booleans())))
    return hours, events, datetime.fromtimestamp(midnight.timestamp() + draw(st.integers(0, 20 * 3600)), BERLIN)


def instants(found: Finding) -> list[tuple[float, float]]:
    """Blocks in seconds since the epoch."""
    pairs = [[datetime.fromisoformat(part).timestamp() for part in str(v).split("/")] for v in values(found, "block")]
    return [(start, end) for start, end in pairs]


@given(task_lists(), calendars(), st.floats(0.5, 3))
def test_the_rules_of_a_packed_day(
    tasks: list[Task], around: tuple[WorkingHours, list[Event], datetime], calibration: float
) -> None:
    hours, events, now = around
    found = pack_day(tasks, events, hours, now, calibration)
    sound(found)
    blocks = instants(found)
    assert blocks == sorted(blocks)
    assert all(end - start >= hours.shortest_block * 60 for start, end in blocks)
    for (_, end), (start, _) in pairwise(blocks):
        assert start - end >= hours.break_minutes * 60
    for start, end in blocks:
        assert start >= now.timestamp()
        assert not any(is_busy(e) and e.start.timestamp() < end and start < e.end.timestamp() for e in events)
        days = [datetime.fromtimestamp(start, BERLIN).date() - timedelta(days=back) for back in (0, 1)]
        worked = [span for day in days if (span := working_span(hours, day, BERLIN))]
        assert any(first * 60 <= start and end <= last * 60 for first, last in worked)
    planned = sum(end - start for start, end in blocks) / 60
    assert planned == value(found, "timeblocks.planned_minutes") <= hours.focus_minutes
    assert planned <= value(found, "timeblocks.free_minutes")


@given(task_lists(), calendars())
def test_every_open_task_has_a_block_or_a_reason_and_keeps_its_place(
    tasks: list[Task], around: tuple[WorkingHours, list[Event], datetime]
) -> None:
    hours, events, now = around
    found = pack_day(tasks, events, hours, now)
    placed = [value(found, f"{fact.id}.task") for fact in found.numbered("block")]
    reasons = {value(found, f"{fact.id}.task"): str(fact.value) for fact in found.numbered("unplaced")}
    unfinished = {task.id for task in tasks if not task.state.finished}
    assert set(placed) | set(reasons) == unfinished
    begun = set(placed) & set(reasons)
    assert all("are placed, no day holds them all" in reasons[id] for id in begun)
    assert all(reasons.values())
    first = {id: start for id, (start, _) in reversed(list(zip(placed, instants(found), strict=True)))}
    last = {id: end for id, (_, end) in zip(placed, instants(found), strict=True)}
    waits = find_precedence(tasks).waits
    for id in set(placed):
        for other in waits[id]:
            assert other not in reasons
            assert last[other] <= first[id]


@given(st.integers(5, 200), st.sampled_from(list(Energy)), calendars())
def test_a_demand_is_met_wherever_one_piece_could_meet_it(
    need: int, demand: Energy, around: tuple[WorkingHours, list[Event], datetime]
) -> None:
    hours, events, now = around
    now = datetime.fromtimestamp(-(-now.timestamp() // 300) * 300, BERLIN)
    need = max(need, hours.shortest_block)
    found = pack_day([task("t1", estimate_minutes=need, energy=demand)], events, hours, now)
    day = value(found, "timeblocks.day") if found.get("timeblocks.day") else None
    if day is None or need > hours.focus_minutes:
        return
    midnight = datetime.combine(date.fromisoformat(day), clock(), tzinfo=BERLIN)
    days = [midnight.date() + timedelta(days=ahead) for ahead in (-1, 0, 1)]
    energy = [
        (s, part.level) for d in days for part in hours.energy if (s := local_span(d, part.start, part.end, BERLIN))
    ]
    work = next_workday(hours, now)
    assert work is not None
    run = longest = 0
    for minute in range(*work[1]):
        offers = next((level for (start, end), level in energy if start <= minute < end), Energy.MEDIUM)
        busy = any(
            is_busy(e) and e.start.timestamp() < (minute + 1) * 60 and minute * 60 < e.end.timestamp() for e in events
        )
        run = 0 if busy or offers.level < demand.level else run + 1
        longest = max(longest, run)
    offered = [Energy(value(found, f"{fact.id}.energy")).level for fact in found.numbered("block")]
    if longest >= need:
        assert len(offered) == 1
        assert offered[0] >= demand.level


def test_five_thousand_tasks_all_get_a_block_or_a_reason() -> None:
    tasks = [
        task(
            f"t{n}",
            due=MONDAY + timedelta(days=n % 40) if n % 3 else None,
            estimate_minutes=1 + n % 400 if n % 5 else None,
            depends_on=(f"t{n - 7}",) if n % 4 == 0 and n > 7 else (),
            energy=list(Energy)[n % 3] if n % 2 else None,
        )
        for n in range(5000)
    ]
    events = [event(f"{9 + n // 4:02}:{15 * (n % 4):02}", f"{9 + n // 4:02}:{15 * (n % 4) + 5:02}") for n in range(32)]
    pack_day(tasks[:10], events, HOURS, MORNING)
    found = pack_day(tasks, events, HOURS, MORNING)
    assert len(found.numbered("unplaced")) + len(found.numbered("block")) >= 5000


def test_tasks_of_others_stay_out_of_the_day_and_are_waited_for() -> None:
    mine, theirs, after = task("mine"), task("theirs", owner="Bo"), task("after", depends_on=("theirs",))
    finding = pack_day((mine, theirs, after), (), HOURS, MORNING, yours=lambda one: one.owner != "Bo")
    placed = {fact.value for fact in finding.facts if fact.id.endswith(".task") and fact.id.startswith("block.")}
    assert placed == {"mine"}
    assert [fact.value for fact in finding.numbered("unplaced")] == ["waits for theirs"]
    others = finding.get("timeblocks.others")
    assert others is not None and others.value == 1
