"""An answer on the command line: its words as they come, then what they rest on and what has no source."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import typer

from orin_agents.cli.paper import IN_TEXT, cell, on_terminal, remark, show_json, show_line
from orin_agents.client.connection import Client
from orin_agents.domain.asking import Citation, TellingKind, Told
from orin_agents.domain.operations import asking

INTERRUPTED = 130


@dataclass(slots=True)
class Heard:
    """What was told of one question."""

    begun: Told | None = None
    answer: Told | None = None
    ended: Told | None = None


def hear(client: Client, request: asking.Ask, *, as_json: bool = False) -> Heard:
    """Ask, and print the answer as it comes; gives what was told. Ctrl-C cancels it and raises typer.Exit."""
    heard = Heard()
    voice = _Voice(silent=as_json)
    stream = client.stream(asking.ASK, request)
    try:
        for told in stream:
            if told.kind is TellingKind.BEGUN:
                heard.begun = told
            elif told.kind is TellingKind.ANSWER:
                heard.answer = told
            elif told.kind is TellingKind.ENDED:
                heard.ended = told
            voice.tell(told)
    except KeyboardInterrupt:
        voice.break_off()
        kept = f"; `orin chats show {heard.begun.conversation}` has what was said" if heard.begun else ""
        remark(f"Cancelled{kept}.")
        raise typer.Exit(INTERRUPTED) from None
    except BaseException:
        voice.break_off()
        raise
    finally:
        stream.close()
    if as_json:
        show_json({"begun": heard.begun, "answer": heard.answer, "ended": heard.ended})
    return heard


class _Voice:
    """Prints what is told. `silent`, it prints nothing."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._spoken = ""

    def tell(self, told: Told) -> None:
        if self._silent:
            return
        if told.kind is TellingKind.STEP and sys.stderr.isatty():
            remark(f"… {told.agent} {told.text}")
        elif told.kind is TellingKind.PIECE:
            self._say(told.text)
        elif told.kind is TellingKind.RESTART:
            self.break_off()
            remark(f"That is void: {told.text}" if told.text else "That is void.")
        elif told.kind is TellingKind.ANSWER:
            if not self._spoken.strip():
                self._say(told.text)
            self.break_off()
            _show_beside(told)
        elif told.kind is TellingKind.ENDED and told.state != "ok":
            self.break_off()
            remark(f"The answer is {told.state}: {told.error}")

    def break_off(self) -> None:
        """Begin a new line where words stand on this one."""
        if self._spoken and not self._spoken.endswith("\n"):
            self._say("\n")
        self._spoken = ""

    def _say(self, text: str) -> None:
        self._spoken += text
        sys.stdout.write(text.translate(IN_TEXT) if on_terminal() else text)
        sys.stdout.flush()


def show_citations(citations: Iterable[Citation]) -> None:
    """What the marks stand for, a line each."""
    for one in citations:
        said = f"{one.text} — " if one.mark.startswith("f") else ""
        show_line(f"[{one.mark}] {said}{one.place}" if one.place else f"[{one.mark}] {one.text}")


def _show_beside(answer: Told) -> None:
    """What there is to say beside the answer: its sources, what has none, and remarks."""
    if answer.citations or answer.unverified:
        print()
    show_citations(answer.citations)
    for span in answer.unverified:
        show_line(f"⚠ “{cell(span)}” has no source")
    if answer.invented:
        remark(f"Taken out: {answer.invented} marks that stand for nothing.")
    if answer.note:
        remark(answer.note)
