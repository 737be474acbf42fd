"""orin chat."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import typer

from orin_agents.cli.asking import Agent, Team
from orin_agents.cli.noun import InProject, noun
from orin_agents.cli.paper import remark, show_line, tell
from orin_agents.cli.session import session
from orin_agents.cli.telling import hear
from orin_agents.client.connection import Client
from orin_agents.domain.errors import OrinError
from orin_agents.domain.operations import asking, crew

app = noun("Talk with an agent.")

HELP = "/new begins another conversation, /agent NAME asks another agent, /team several, /quit leaves (so does Ctrl-D)."
HISTORY = 1000
"""Lines that the arrow keys bring back."""


@app.command()
def chat(context: typer.Context, project: InProject = "home", agent: Agent = "", team: Team = False) -> None:
    """Ask, and ask again: a conversation. A line that ends with \\ goes on in the next; /help tells the rest."""
    talk = _Talk(session(context).client, project, agent, team)
    if sys.stdin.isatty():
        remark(f"You talk with {talk.name}. {HELP}")
    with _history():
        while (line := _line(f"{talk.name} > ")) is not None:
            if not talk.take(line):
                break


@dataclass(slots=True)
class _Talk:
    """Whom one talks with, and in which conversation."""

    client: Client
    project: str
    agent: str
    team: bool
    conversation: str = ""
    new: bool = False
    note: str = ""

    @property
    def name(self) -> str:
        return "team" if self.team else self.agent or "manager"

    def take(self, line: str) -> bool:
        """Do what the line says; false when it says to leave."""
        word, _, rest = line.strip().partition(" ")
        try:
            if word == "/quit":
                return False
            if word == "/new":
                self.conversation, self.new = "", True
            elif word == "/team":
                self._turn_to("", team=True)
            elif word == "/agent":
                name = rest.strip().lstrip("@")
                self._turn_to(self.client.call(crew.AGENT, crew.One(id=name)).id if name else "", team=False)
            elif word.startswith("/"):
                show_line(HELP)
            elif line.strip():
                self._ask(line)
        except OrinError as error:
            tell(error)
        except typer.Exit:
            pass  # Ctrl-C cancelled the answer, not the conversation
        return True

    def _turn_to(self, agent: str, *, team: bool) -> None:
        self.agent, self.team, self.conversation, self.new = agent, team, "", False
        show_line(f"You talk with {self.name} now.")

    def _ask(self, line: str) -> None:
        named = line.lstrip().startswith("@")  # a question to somebody else has a conversation of its own
        request = asking.Ask(
            question=line,
            project=self.project,
            agent="" if named else self.agent,
            team=self.team,
            conversation="" if named else self.conversation,
            new=self.new and not named,
        )
        heard = hear(self.client, request, known=self.note)
        print()
        self.note = heard.answer.note if heard.answer else ""
        if heard.begun and not named:
            self.conversation, self.new = heard.begun.conversation, False


def _line(prompt: str) -> str | None:
    """What was typed, lines joined that end with a backslash; None at the end of input. Ctrl-C takes a line back."""
    lines: list[str] = []
    while True:
        try:
            line = input(prompt) if sys.stdin.isatty() else _piped()
        except EOFError:
            return "\n".join(lines) if lines else None
        except KeyboardInterrupt:
            print()
            lines.clear()
            continue
        if not line.endswith("\\"):
            return "\n".join([*lines, line])
        lines.append(line[:-1])


def _piped() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


@contextmanager
def _history() -> Iterator[None]:
    """The lines typed before, at the arrow keys, where somebody types."""
    if not sys.stdin.isatty():
        yield
        return
    import readline

    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    file = state / "orin" / "chat_history"
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        readline.read_history_file(file)
    readline.set_history_length(HISTORY)
    try:
        yield
    finally:
        with suppress(OSError):
            readline.write_history_file(file)
