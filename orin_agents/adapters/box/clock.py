"""The clock and the time zone."""

import os
from collections.abc import Iterator
from pathlib import Path

from orin_agents.adapters.box.surroundings import Surroundings, text_of
from orin_agents.domain.checks import CheckLine, Verdict

FIRST_YEAR = 2026
"""The clock of a board without a battery starts years back; no right clock shows an earlier year than this."""
NOT_SYNCHRONISED = 5
"""adjtimex(2): TIME_ERROR."""


def check_clock(at: Surroundings, workspace: Path) -> Iterator[CheckLine]:
    """The year, whether something keeps the clock right, and the zone."""
    now = at.now()
    if now.year < FIRST_YEAR:
        remedy = "Set it: sudo timedatectl set-ntp true, or sudo date -s 'YYYY-MM-DD HH:MM'."
        yield _line("clock", f"it shows {now:%Y-%m-%d %H:%M}, which is past", Verdict.PROBLEM, remedy)
    else:
        yield _line("clock", f"{now:%Y-%m-%d %H:%M} UTC")
    state = at.clock_state()
    if (at.run / "systemd/timesync/synchronized").exists():
        yield _line("synchronised", "by systemd-timesyncd")
    elif 0 <= state < NOT_SYNCHRONISED:
        yield _line("synchronised", "the kernel's clock is kept right by a time service")
    elif state == NOT_SYNCHRONISED:
        remedy = "Routines follow this clock; switch a time service on: sudo timedatectl set-ntp true"
        yield _line("synchronised", "no time service keeps the clock right", Verdict.WARNING, remedy)
    else:
        yield _line("synchronised", "the system does not tell")
    yield _zone(at)


def _zone(at: Surroundings) -> CheckLine:
    name = at.environment.get("TZ", "").removeprefix(":") or _zone_of_box(at)
    if not name:
        remedy = "Set it: sudo timedatectl set-timezone Europe/Berlin, or timezone in workspace.yaml."
        return _line("zone", "the box has no time zone; UTC holds", Verdict.WARNING, remedy)
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        remedy = "Use an IANA name such as Europe/Berlin, in TZ or timezone of workspace.yaml."
        return _line("zone", f"{name!r} is no time zone known here", Verdict.WARNING, remedy)
    return _line("zone", name)


def _zone_of_box(at: Surroundings) -> str:
    try:
        target = os.readlink(at.etc / "localtime")
    except OSError:
        target = ""
    return target.partition("zoneinfo/")[2] or text_of(at.etc / "timezone")


def _line(name: str, seen: str, verdict: Verdict = Verdict.OK, remedy: str = "") -> CheckLine:
    return CheckLine(area="clock", name=name, verdict=verdict, seen=seen, remedy=remedy)
