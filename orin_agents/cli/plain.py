"""Plain words and numbers on the command line, without pydantic.

Typer hands every value to pydantic, whose import takes as long as Typer's own, and a command has to be there at once.
For the few plain types our commands take, this does the same with the same messages.
"""

from enum import Enum
from typing import Any

import typer

FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class Plain:
    """Turns what was typed into a bool, a str, an int or a member of an Enum, in place of Typer's RuntimeParam."""

    def __init__(self, wanted: type, least: float | None) -> None:
        self._wanted = wanted
        self._least = least

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the type wanted. Raises typer.BadParameter."""
        if value is None or type(value) is self._wanted:
            return value
        try:
            made = FLAGS[value.lower()] if self._wanted is bool else self._wanted(value)
        except (ValueError, KeyError) as error:
            raise typer.BadParameter(f"{value!r} is not {self._expected()}.", ctx=ctx, param=param) from error
        if self._least is not None and made < self._least:
            raise typer.BadParameter(f"{value!r} is less than {self._least:g}.", ctx=ctx, param=param)
        return made

    def _expected(self) -> str:
        if issubclass(self._wanted, Enum):
            return "one of " + ", ".join(repr(member.value) for member in self._wanted)
        return "yes or no" if self._wanted is bool else "a whole number"


def keep_plain(command: Any, above: dict[str, Any] | None = None) -> None:
    """Let the command and those below it take plain values without pydantic.

    `above` are the settings of the command it stands below, whose names for help it shares.
    """
    settings = {**(above or {}), **command.context_settings}
    helping = command.get_help_option(typer.Context(command, **settings))
    for param in filter(None, (*command.params, helping)):
        wanted = param.type_descriptor.annotation
        if wanted in (bool, str, int) or (isinstance(wanted, type) and issubclass(wanted, Enum)):
            param._runtime_param = Plain(wanted, getattr(param, "min", None))
    for below in getattr(command, "commands", {}).values():
        keep_plain(below, settings)
