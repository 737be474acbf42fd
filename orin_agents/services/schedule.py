"""When a routine comes due. Daily and weekly times are local wall time; periods are counted in UTC from midnight."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from orin_agents.domain.routines import WEEKDAYS, Routine


def next_slot(routine: Routine, now: datetime, zone: ZoneInfo) -> datetime:
    """The first slot after `now` (aware), in the zone.

    A wall time that a clock change leaves out is moved on by the gap; of one that comes twice the first counts.
    """
    if routine.every:
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        period = timedelta(minutes=routine.every)
        done = (now.astimezone(UTC) - midnight) // period
        return min(midnight + (done + 1) * period, midnight + timedelta(days=1)).astimezone(zone)
    today = now.astimezone(zone).date()
    slots = (_at(today + timedelta(days=ahead), routine, zone) for ahead in range(9))
    return next(slot for slot in slots if slot is not None and slot > now)


def _at(day: date, routine: Routine, zone: ZoneInfo) -> datetime | None:
    if WEEKDAYS[day.weekday()] not in routine.days:
        return None
    wall = datetime.combine(day, time.fromisoformat(routine.at), zone)
    return wall.astimezone(UTC).astimezone(zone)
