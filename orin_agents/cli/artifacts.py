"""orin artifact."""

import os
import stat
import sys
from pathlib import Path
from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, InProject, noun
from orin_agents.cli.paper import moment, remark, show_diff, show_json, show_line, show_pairs, show_table, show_text
from orin_agents.cli.session import session
from orin_agents.domain.artifacts import Artifact, State
from orin_agents.domain.errors import Invalid
from orin_agents.domain.operations import artifacts

app = noun("Artifacts: the files of a case file, with versions and where they come from.")

AtPath = Annotated[str, typer.Argument(metavar="PATH", help="The path in the case file.")]


def _said(artifact: Artifact, what: str, as_json: bool) -> None:
    show_json(artifact) if as_json else show_line(f"{artifact.path} {what} (version {artifact.version}).")


@app.command()
def new(
    context: typer.Context,
    path: AtPath,
    source: Annotated[str, typer.Option("--from", help="A file to take the text from; - reads what is piped in.")] = "",
    text: Annotated[str, typer.Option(help="The text itself.")] = "",
    kind: Annotated[str, typer.Option(help="note, list, plan, report, …; else by its suffix and folder.")] = "",
    project: InProject = "home",
    as_json: AsJson = False,
) -> None:
    """Make an artifact. It must not exist yet; `orin artifact edit` changes one."""
    request = artifacts.SaveArtifact(project=project, path=path, text=text or _read(source), kind=kind, base=0)
    _said(session(context).client.call(artifacts.SAVE, request), "is made", as_json)


def _read(source: str) -> str:
    if not source:
        if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
            remark("What is piped in is read with `--from -` only; the artifact is empty.")
        return ""
    try:
        return sys.stdin.read() if source == "-" else Path(source).expanduser().read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"{source} is not text in UTF-8.", remedy="`orin import` brings files of any kind.") from error
    except OSError as error:
        raise Invalid(f"{source} cannot be read: {error.strerror}") from error


@app.command("list")
def list_(
    context: typer.Context,
    kind: Annotated[str, typer.Option(help="Only this kind.")] = "",
    state: Annotated[str, typer.Option(help="Only this state.")] = "",
    removed: Annotated[bool, typer.Option("--removed", help="The removed ones too.")] = False,
    project: InProject = "home",
    as_json: AsJson = False,
) -> None:
    """A project's case file."""
    request = artifacts.ListArtifacts(project=project, kind=kind, state=state, removed=removed)
    found = session(context).client.call(artifacts.LIST, request)
    if as_json:
        show_json(found)
        return
    show_table(
        ("path", "kind", "state", "version", "owner", "changed", ""),
        [(a.path, a.kind, a.state, a.version, a.owner, moment(a.changed), _marks(a)) for a in found],
    )


def _marks(artifact: Artifact) -> str:
    return " ".join(mark for mark, on in (("locked", artifact.locked), ("removed", artifact.removed)) if on)


@app.command()
def show(
    context: typer.Context,
    path: AtPath,
    version: Annotated[int, typer.Option("--version", "-v", help="An older version.", show_default=False)] = 0,
    origin: Annotated[bool, typer.Option("--origin", help="Where it comes from, instead of its text.")] = False,
    project: InProject = "home",
    as_json: AsJson = False,
) -> None:
    """An artifact's text, or with --origin the run, the sources and the facts behind it."""
    request = artifacts.ShowArtifact(project=project, path=path, version=version)
    found = session(context).client.call(artifacts.SHOW, request)
    if as_json:
        show_json(found)
    elif origin:
        _show_origin(found)
    elif found.binary:
        raise Invalid(f"{path} is not text.", remedy="Open the file in the program it was made with.")
    else:
        show_text(found.text)


def _show_origin(found: artifacts.ArtifactText) -> None:
    made = found.version.origin
    show_pairs(
        [
            ("artifact", found.artifact.path),
            ("version", found.version.number),
            ("author", found.version.author),
            ("saved", moment(found.version.at)),
            ("state", found.artifact.state),
            ("run", made.run),
            ("step", made.step),
            ("import", made.batch),
            ("approved by", made.approved_by),
            ("model", made.model),
            ("note", made.note),
            *(("made from", source) for source in made.sources),
        ]
    )
    for number, fact in enumerate(made.facts, 1):
        places = ", ".join(map(str, fact.sources))
        show_line(
            f"[f{number}] {fact.id}  {fact.label}: {fact.value} {fact.unit}".rstrip() + f"  ← {places}" * bool(places)
        )


@app.command()
def edit(context: typer.Context, path: AtPath, project: InProject = "home") -> None:
    """Edit an artifact in $VISUAL or $EDITOR and save the next version."""
    from orin_agents.cli.editor import edited

    client = session(context).client
    found = client.call(artifacts.SHOW, artifacts.ShowArtifact(project=project, path=path))
    if found.binary:
        raise Invalid(f"{path} is not text.", remedy="Open the file in the program it was made with.")
    with edited(found.text, Path(path).name) as text:
        if text == found.text:
            show_line("Nothing was changed.")
            return
        request = artifacts.SaveArtifact(project=project, path=path, text=text, base=found.artifact.version)
        _said(client.call(artifacts.SAVE, request), "is saved", False)


@app.command()
def history(context: typer.Context, path: AtPath, project: InProject = "home", as_json: AsJson = False) -> None:
    """All versions, newest first."""
    found = session(context).client.call(artifacts.HISTORY, artifacts.OneArtifact(project=project, path=path))
    if as_json:
        show_json(found)
        return
    show_table(
        ("version", "saved", "author", "bytes", "run", "note"),
        [
            (v.number, moment(v.at), v.author, v.size, v.origin.run, "removed" if v.tombstone else v.origin.note)
            for v in found
        ],
    )


@app.command()
def diff(
    context: typer.Context,
    path: AtPath,
    old: Annotated[int, typer.Argument(help="A version; else the one before the newer.", show_default=False)] = 0,
    new: Annotated[int, typer.Argument(help="A version; else the newest.", show_default=False)] = 0,
    project: InProject = "home",
    as_json: AsJson = False,
) -> None:
    """Two versions compared."""
    request = artifacts.DiffArtifact(project=project, path=path, old=old, new=new)
    found = session(context).client.call(artifacts.DIFF, request)
    show_json(found) if as_json else show_diff(found.text)


@app.command()
def restore(
    context: typer.Context, path: AtPath, version: int, project: InProject = "home", as_json: AsJson = False
) -> None:
    """Make an old version the newest. Works on a removed artifact too."""
    request = artifacts.RestoreArtifact(project=project, path=path, version=version)
    _said(session(context).client.call(artifacts.RESTORE, request), f"is as it was in version {version}", as_json)


@app.command()
def lock(context: typer.Context, path: AtPath, project: InProject = "home", as_json: AsJson = False) -> None:
    """Let nobody but the owner read it."""
    request = artifacts.LockArtifact(project=project, path=path, locked=True)
    _said(session(context).client.call(artifacts.LOCK, request), "is locked", as_json)


@app.command()
def unlock(context: typer.Context, path: AtPath, project: InProject = "home", as_json: AsJson = False) -> None:
    """Take the lock away."""
    request = artifacts.LockArtifact(project=project, path=path, locked=False)
    _said(session(context).client.call(artifacts.LOCK, request), "is unlocked", as_json)


@app.command()
def state(
    context: typer.Context, path: AtPath, state: State, project: InProject = "home", as_json: AsJson = False
) -> None:
    """Move it on: draft, review, approved."""
    request = artifacts.MoveArtifact(project=project, path=path, state=state)
    _said(session(context).client.call(artifacts.MOVE, request), f"is {state.value} now", as_json)


@app.command()
def rm(context: typer.Context, path: AtPath, project: InProject = "home", as_json: AsJson = False) -> None:
    """Remove it from the case file. All its versions stay; `orin artifact restore` brings it back."""
    request = artifacts.OneArtifact(project=project, path=path)
    _said(session(context).client.call(artifacts.REMOVE, request), "is removed", as_json)
