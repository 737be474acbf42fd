"""The machine's clock and the ids that hang on it."""

import secrets
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SystemClock:
    """Implements Clock."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)


def run_id(now: datetime) -> str:
    """An id for a run begun at that moment: it sorts by time and is short enough to type."""
    return f"{now.astimezone(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def local_zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; for an empty one the machine's own, UTC when the machine does not say."""
    import tzlocal

    try:
        return ZoneInfo(name or tzlocal.get_localzone_name() or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
