"""orin chats."""

from typing import Annotated

import typer

from orin_agents.cli.flow import flowed
from orin_agents.cli.noun import AsJson, noun
from orin_agents.cli.paper import moment, on_terminal, remark, show_json, show_line, show_pairs, show_table, show_text
from orin_agents.cli.session import session
from orin_agents.cli.telling import show_citations
from orin_agents.client.connection import Client
from orin_agents.domain.dialogue import Role
from orin_agents.domain.errors import NotFound
from orin_agents.domain.operations import chats

app = noun("Conversations with agents.")

Id = Annotated[str, typer.Argument(metavar="CHAT", help="The conversation's id.")]
IdOrNewest = Annotated[str, typer.Argument(metavar="CHAT", help="Its id; else the newest.", show_default=False)]


@app.command("list")
def list_(
    context: typer.Context,
    project: Annotated[str, typer.Option("--project", "-p", help="Only this project.")] = "",
    agent: Annotated[str, typer.Option("--agent", "-a", help="Only with this agent.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Conversations, newest first."""
    found = session(context).client.call(chats.LIST, chats.ListChats(project=project, agent=agent, limit=limit))
    if as_json:
        show_json(found)
        return
    show_table(
        ("chat", "project", "with", "messages", "last", "about"),
        [(one.id, one.project, one.agent, one.messages, moment(one.changed), one.title) for one in found],
    )


@app.command()
def show(context: typer.Context, chat: IdOrNewest = "", as_json: AsJson = False) -> None:
    """One conversation, word by word, with what the answers rest on."""
    client = session(context).client
    detail = client.call(chats.SHOW, chats.OneChat(conversation=chat or _newest(client)))
    if as_json:
        show_json(detail)
        return
    one = detail.conversation
    show_pairs([("chat", one.id), ("project", one.project), ("with", one.agent), ("begun", moment(one.created))])
    for said in detail.messages:
        print()
        speaker = "you" if said.role is Role.USER else one.agent
        show_line(f"{speaker}, {moment(said.at)}" + (f", {said.model}" if said.model else ""))
        show_text((flowed(said.text) if on_terminal() else said.text) or "—")
        if said.citations:
            print()
        show_citations(said.citations, said.text)
        if said.note:
            show_line(f"({said.note})")


@app.command()
def remove(context: typer.Context, chat: Id, as_json: AsJson = False) -> None:
    """Forget a conversation. The runs behind its answers stay."""
    gone = session(context).client.call(chats.REMOVE, chats.OneChat(conversation=chat))
    if as_json:
        show_json(gone)
        return
    show_line(f"The conversation {gone.id} ({gone.title}) is forgotten.")
    remark("The runs behind its answers stay, with what was said to the model: `orin runs list`.")


def _newest(client: Client) -> str:
    found = client.call(chats.LIST, chats.ListChats(limit=1))
    if not found:
        raise NotFound("Nothing was asked yet.", remedy='Ask something: orin ask "What is due today?"')
    return found[0].id
