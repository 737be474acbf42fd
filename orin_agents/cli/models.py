"""orin models."""

from typing import Annotated

import typer

from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import moment, remark, show_json, show_line, show_pairs, show_table
from orin_agents.cli.session import session
from orin_agents.domain.deployments import Server, Trial
from orin_agents.domain.errors import Invalid
from orin_agents.domain.operations import models
from orin_agents.domain.operations.operation import Nothing

app = noun("Models: the deployments of models.yaml and what they can do.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """The deployments, and how each did when it was last tried."""
    found = session(context).client.call(models.LIST, Nothing())
    if as_json:
        show_json(found)
        return
    if found.problem:
        raise Invalid(found.problem, kept="Until it is mended, nothing has words.")
    if not found.deployments:
        what = "models.yaml names no deployment" if found.exists else "There is no models.yaml"
        show_line(f"{what}; everything but the words works without.")
        show_line("`orin setup` looks for servers, `orin models add` names one.")
        return
    show_table(
        ("deployment", "server", "model", "serves", "window", "tokens/s", "can", "last tried"),
        [
            (
                view.name,
                f"{view.server} {view.url}",
                view.model,
                ", ".join(view.serves) or "–",
                view.window or (view.trial.window if view.trial else 0) or "",
                (view.trial.tokens_per_s if view.trial else 0) or "",
                view.skipped or _can(view.trial),
                moment(view.trial.at if view.trial else None),
            )
            for view in found.deployments
        ],
    )


@app.command()
def test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="DEPLOYMENT", help="One; else all.", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """Try deployments out: answers, schema, tools, window, speed. Ends with 1 when one is of no use."""
    remark("The first question may load a model, which can take a minute …")
    trials = session(context).client.call(models.TEST, models.TryDeployments(name=name))
    if as_json:
        show_json(trials)
    else:
        for trial in trials:
            show_line(f"{trial.deployment}: {trial.problem or 'answers'}")
            show_pairs(
                [
                    ("  can", "" if trial.problem else _can(trial)),
                    ("  window", f"{trial.window} tokens" if trial.window else ""),
                    ("  first token", f"{trial.first_token_s:.2f} s" if trial.first_token_s else ""),
                    ("  loading", f"{trial.load_s:.1f} s" if trial.load_s else ""),
                    ("  speed", f"{trial.tokens_per_s:.1f} tokens/s" if trial.tokens_per_s else ""),
                    ("  note", trial.note),
                ]
            )
    raise typer.Exit(1 if any(trial.problem for trial in trials) else 0)


@app.command()
def add(
    context: typer.Context,
    server: Annotated[Server, typer.Argument(help="The kind of server.")],
    model: Annotated[str, typer.Argument(help="The model's name there.")],
    serves: Annotated[str, typer.Option("--for", help="The logical models it serves, parted by commas.")] = "small",
    name: Annotated[str, typer.Option("--name", help="What to call it; else after the model.")] = "",
    url: Annotated[str, typer.Option("--url", help="Where the server is; else its usual address.")] = "",
    key: Annotated[str, typer.Option("--key", help="env:NAME or file:PATH; never the key itself.")] = "",
    window: Annotated[int, typer.Option("--window", min=0, help="Tokens; else what the server says.")] = 0,
    parallel: Annotated[int, typer.Option("--parallel", min=1, help="Answers at the same time.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Add a deployment to models.yaml, last in line for what it serves. Comments stay."""
    request = models.AddDeployment(
        server=server,
        model=model,
        name=name,
        url=url,
        key=key,
        window=window,
        parallel=parallel,
        serves=tuple(part.strip() for part in serves.split(",") if part.strip()),
    )
    added = session(context).client.call(models.ADD, request)
    if as_json:
        show_json(added)
        return
    show_line(f"{added.name} serves {', '.join(added.serves) or 'nothing yet'}. Try it: orin models test {added.name}")
    if added.skipped:
        remark(f"It will not be asked: {added.skipped}.")


def _can(trial: Trial | None) -> str:
    """What a trial showed, in a few words."""
    if trial is None:
        return "not tried"
    if trial.problem:
        return trial.problem
    if trial.vector:
        return f"vectors of {trial.vector}"
    told = {"streams": trial.streams, "schema": trial.schema, "tools": trial.tools}
    return ", ".join(name if does else f"no {name}" for name, does in told.items())
