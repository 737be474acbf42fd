"""How values stand in a row: times as ISO 8601 text in UTC, parts as JSON."""

from datetime import UTC, datetime
from typing import Protocol, TypeVar

import msgspec

from orin_agents.domain.secrets import Secrets

Value = TypeVar("Value")


class Sql(Protocol):
    """What the tables' modules need of the store: run a query, run a change, know what must not be kept."""

    @property
    def secrets(self) -> Secrets: ...
    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[dict[str, object]]: ...
    def change(self, sql: str, values: tuple[object, ...] = ()) -> int: ...
    def insert(self, sql: str, values: tuple[object, ...]) -> int: ...


def stamp(moment: datetime) -> str:
    """The moment as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: object) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(str(text))


def pack(value: object) -> str:
    """The value as JSON."""
    return msgspec.json.encode(value).decode()


def pack_redacted(value: object, secrets: Secrets) -> str:
    """The value as JSON, with names in the place of secrets in all its texts."""
    text = pack(value)
    if secrets.redacted(text) == text:
        return text
    # Text by text: in the JSON itself a secret of digits could be taken for a number's.
    return pack(secrets.redacted_within(msgspec.json.decode(text)))


def unpack(text: object, type_: type[Value]) -> Value:
    """The value that `pack` wrote."""
    return msgspec.json.decode(str(text), type=type_)


def whole(value: object) -> int:
    """A number from a row."""
    assert isinstance(value, int)
    return value
