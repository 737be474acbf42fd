"""An answer on the command line: its words as they come, then what they rest on and what has no source."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import typer

from orin_agents.cli.flow import Flow, flow, flowed
from orin_agents.cli.paper import IN_TEXT, cell, coloured, on_terminal, remark, show_json
from orin_agents.client.connection import Client
from orin_agents.domain.asking import Citation, TellingKind, Told
from orin_agents.domain.operations import asking

INTERRUPTED = 130
MOST_PLACES = 4
"""Places of one source that a terminal shows."""
CUT = {
    "length": "The answer stopped at its bound; ask for the rest.",
    "repeats": "The answer was stopped, for it repeated itself.",
}
FAINT, YELLOW = "2", "33"


@dataclass(slots=True)
class Heard:
    """What was told of one question."""

    begun: Told | None = None
    answer: Told | None = None
    ended: Told | None = None


def hear(client: Client, request: asking.Ask, *, as_json: bool = False, known: str = "") -> Heard:
    """Ask, and print the answer as it comes; gives what was told. Ctrl-C cancels it and raises typer.Exit.

    A note that is `known` already is not repeated.
    """
    heard = Heard()
    voice = _Voice(silent=as_json, known=known)
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

    def __init__(self, *, silent: bool, known: str) -> None:
        self._silent = silent
        self._known = known
        self._spoken = ""
        self._flow: Flow | None = None

    def tell(self, told: Told) -> None:
        """Show one event of an answer; steps only to somebody who watches."""
        if self._silent:
            return
        if told.kind is TellingKind.STEP and sys.stderr.isatty():
            print(coloured(cell(f"… {told.agent} {told.text}"), FAINT, sys.stderr), file=sys.stderr, flush=True)
        elif told.kind is TellingKind.PIECE:
            self._say(told.text)
        elif told.kind is TellingKind.RESTART:
            self.break_off()
            remark(f"That is void: {told.text}" if told.text else "That is void.")
            self._known = told.text
        elif told.kind is TellingKind.ANSWER:
            if not self._spoken.strip():
                self._say(told.text)
            self.break_off()
            _show_beside(told)
            if told.note and told.note != self._known:
                remark(told.note)
        elif told.kind is TellingKind.ENDED and told.state != "ok":
            self.break_off()
            remark(f"The answer is {told.state}: {told.error}")
        elif told.kind is TellingKind.ENDED and told.finish in CUT:
            remark(CUT[told.finish])

    def break_off(self) -> None:
        """Begin a new line where words stand on this one."""
        if self._spoken and not self._spoken.endswith("\n"):
            self._say("\n")
        self._spoken = ""
        self._flow = None

    def _say(self, text: str) -> None:
        self._spoken += text
        if on_terminal():
            self._flow = self._flow or flow()
            text = self._flow.feed(text.translate(IN_TEXT))
        sys.stdout.write(text)
        sys.stdout.flush()


def show_citations(citations: Iterable[Citation], said: str) -> None:
    """What the marks stand for, a line each; of a fact whose words were `said` already the place alone."""
    for one in citations:
        place = _places(one.place)
        if one.mark.startswith("f") and one.text not in said:
            place = f"{one.text} — {place}" if place else one.text
        _show(f"[{one.mark}] {place or one.text}", FAINT)


def _places(place: str) -> str:
    """The places with each file named once; on a terminal not more than one can take in."""
    files: dict[str, list[str]] = {}
    every = place.split(", ") if place else []
    for one in every[:MOST_PLACES] if on_terminal() else every:
        file, colon, lines = one.rpartition(":")
        files.setdefault(file if colon else one, []).extend([lines] if colon else [])
    shown = ", ".join(f"{file}:{', '.join(lines)}" if lines else file for file, lines in files.items())
    return f"{shown} and {len(every) - MOST_PLACES} more" if on_terminal() and len(every) > MOST_PLACES else shown


def _show(text: str, colour: str) -> None:
    text = cell(text)
    print(coloured(flowed(text) if on_terminal() else text, colour, sys.stdout))


def _show_beside(answer: Told) -> None:
    """What there is to say beside the answer: its sources, and what has none."""
    if answer.citations or answer.unverified:
        print()
    show_citations(answer.citations, answer.text)
    for span in answer.unverified:
        _show(f"⚠ “{span}” has no source", YELLOW)
    if answer.invented:
        marks = "1 mark that stands" if answer.invented == 1 else f"{answer.invented} marks that stand"
        remark(f"Taken out: {marks} for nothing.")
