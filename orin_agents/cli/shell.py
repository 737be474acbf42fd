"""The command line as a whole: which command lies in which module, what every command shares, how errors end it.

Only the module of the command given is imported; the list of commands below is what `orin --help` shows.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from orin_agents.cli.plain import keep_plain
from orin_agents.cli.session import Session, Starter, detached
from orin_agents.domain.errors import Invalid, OrinError
from orin_agents.domain.version import VERSION

EMBEDDED = "--embedded"
INTERRUPTED = 130
BROKEN_PIPE = 141

COMMANDS = {
    "init": ("workspaces", "Make a workspace."),
    "setup": ("setup", "Find model servers on this machine and write models.yaml."),
    "demo": ("demo", "Make a sample workspace and run its morning."),
    "project": ("projects", "Projects: new, list, show, tasks."),
    "artifact": ("artifacts", "The case file: new, list, show, edit, history, diff, restore, lock, rm, …"),
    "import": ("imports", "Bring your own notes, tasks and calendars."),
    "ask": ("asking", "Ask an agent, or a team."),
    "chat": ("chatting", "Talk with an agent."),
    "chats": ("chats", "Conversations: list, show, remove."),
    "run": ("running", "Run a part of the day, a routine or an agent now."),
    "runs": ("runs", "Runs: list, show, watch, cancel, resume, retry."),
    "approvals": ("approvals", "Changes that wait for you: list, show, approve, reject."),
    "agents": ("agents", "The crew: list, show, memory, remember, forget."),
    "routines": ("routines", "The routines: list, show."),
    "search": ("searching", "Find passages in your files."),
    "index": ("indexes", "What search looks in: status, rebuild."),
    "models": ("models", "Models: list, test, add."),
    "graph": ("graphs", "Drawings: crew."),
    "doctor": ("doctor", "Check the box and the workspace."),
    "host": ("hosts", "The process behind it all: status, start, stop, logs."),
}
"""Command → module of orin_agents.cli and one line about it. Each module has its application as `app`."""


class Shell(TyperGroup):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of a first day."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"orin_agents.cli.{COMMANDS[cmd_name][0]}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        keep_plain(command)
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command meant by the arguments; a misspelt one is answered with the nearest."""
        names: Any = dict.fromkeys(COMMANDS)  # only the names are looked at, for the nearest
        self.commands = names
        return super().resolve_command(ctx, args)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"orin {VERSION}")
        raise typer.Exit


app = typer.Typer(
    cls=Shell,
    name="orin",
    help="A workspace in the terminal for you and a local crew of agents.",
    epilog="--workspace and --embedded may stand anywhere in the command line.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _orin(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    workspace: str = typer.Option("", "--workspace", "-w", help="The workspace; else ORIN_WORKSPACE, here, or ~/orin."),
    embedded: bool = typer.Option(False, EMBEDDED, help="Run the host inside this command instead of beside it."),
) -> None: ...


def run(arguments: list[str], start: Starter = detached) -> int:
    """Run the command line; gives the exit code. Whatever goes wrong is told on stderr without a trace."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        rest, workspace = _taken_out(arguments)
        code = _invoke(rest or ["--help"], Session(workspace, start))
        sys.stdout.flush()
        return code
    except OrinError as error:
        from orin_agents.cli.paper import tell

        tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing may be written any more, not even by the interpreter's last flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001  (the edge: a trace goes to the log, never to a person)
        return _unexpected(error)


def _invoke(arguments: list[str], session: Session) -> int:
    command = typer.main.get_command(app)
    keep_plain(command)
    try:
        with command.make_context("orin", arguments, obj=session) as context:
            command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        return INTERRUPTED
    except typer.TyperException as error:
        if not hasattr(error, "show"):
            raise
        error.show()
        return int(getattr(error, "exit_code", 2))
    return 0


def _taken_out(arguments: list[str]) -> tuple[list[str], str]:
    """The arguments without those that may stand anywhere, and the workspace among them."""
    if undecoded := next((argument for argument in arguments if not _decoded(argument)), ""):
        what = undecoded.encode(errors="backslashreplace").decode()
        raise Invalid(f"{what} is not valid UTF-8.", kept="Nothing was changed.", remedy="Rename what it names.")
    rest: list[str] = []
    workspace = ""
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in ("-w", "--workspace"):
            workspace = next(waiting, "")
            if not workspace:
                raise Invalid(f"{argument} requires an argument.", remedy="Name a folder behind it.")
        elif argument.startswith("--workspace="):
            workspace = argument.partition("=")[2]
        elif argument != EMBEDDED:
            rest.append(argument)
    return rest, workspace


def _decoded(argument: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in argument)


def _unexpected(error: Exception) -> int:
    import traceback

    from orin_agents.cli.paper import tell
    from orin_agents.domain.secrets import Secrets

    secrets = Secrets()
    secrets.add_environment(os.environ)

    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    log = state / "orin" / "orin.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"orin {VERSION}: {type(error).__name__}\n")
            file.writelines(map(secrets.redacted, traceback.format_exception(error)))
        kept = f"The trace is in {log}"
    except OSError:
        kept = "The trace could not be written to a log."
    what = secrets.redacted(f"Something unexpected went wrong ({type(error).__name__}: {error}).")
    told = OrinError(what, kept=kept)
    tell(told)
    return told.exit_code
