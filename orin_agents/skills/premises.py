"""Sentences that take something for granted, and questions that are open: what a critic would ask about first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orin_agents.domain.facts import Fact, Finding, Remark, merged
from orin_agents.domain.markdown import MOST, one_line
from orin_agents.domain.snapshot import Document
from orin_agents.skills import prose, terms
from orin_agents.skills.prose import Form, Sentence

MOST_PREMISES = 100
MOST_SOURCES = 12
MOST_QUESTIONS = 40
FEWEST_WORDS = 4
BOILERPLATE = 3
"""A sentence that stands in this many documents belongs to their form; it asks and assumes nothing of its own."""
ASKED = 5
"""A question that is put together quotes a premise; no more than this many are."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that give a premise away. `rank` 0 says that something is undecided, 3 only hints; `asks` is the question
    to put, with the sentence in place of {}.
    """

    name: str
    pattern: str
    rank: int
    asks: str


DECIDE = "What is to be decided here, by whom and by when: “{}”?"
SETTLE = "What would settle this: “{}”?"
PROVE = "What shows that this holds: “{}”?"
HAPPEN = "What happens if this turns out otherwise: “{}”?"
CUES = (
    Cue(
        "TBD", r"TBD|TBC|TBA|to be (?:decided|determined|confirmed|defined|agreed)|noch offen|noch zu klären", 0, DECIDE
    ),
    Cue("TODO", r"TODO|FIXME|XXX", 0, DECIDE),
    Cue("not sure", r"not (?:yet )?(?:sure|clear|certain|known)|unclear|uncertain|unklar|ungewiss", 0, SETTLE),
    Cue(
        "assume",
        r"assum(?:e|es|ed|ing|ption|ptions)|suppos(?:e|ing)|presum(?:e|ably|ing)|vorausgesetzt|angenommen",
        1,
        PROVE,
    ),
    Cue("we believe", r"(?:we|i) (?:believe|think|guess|suspect|feel)|wir (?:glauben|denken)", 1, PROVE),
    Cue("hopefully", r"hopefully|we hope|i hope|with (?:any )?luck|hoffentlich", 1, HAPPEN),
    Cue("obviously", r"obviously|of course|clearly|everyone knows|needless to say|natürlich|offensichtlich", 2, PROVE),
    Cue("probably", r"probably|likely|unlikely|perhaps|supposedly|wahrscheinlich|vermutlich", 2, HAPPEN),
    Cue("expect", r"(?:we|i) expect|(?:is|are) expected to|expectation is|wir erwarten", 2, HAPPEN),
    Cue("should be", r"should (?:be|work|suffice|do|have|not|hold|fit)|ought to|must be|müsste|sollte", 3, HAPPEN),
)
_CASED = {"TBD", "TODO"}
_PATTERNS = tuple(
    (cue, re.compile(rf"\b(?:{cue.pattern})\b", re.IGNORECASE if cue.name not in _CASED else 0)) for cue in CUES
)


def find_premises(documents: tuple[Document, ...]) -> Finding:
    """`premise.N`: sentences with a cue, the most undecided first. `question.N`: open questions, those written in the
    documents before those put together from premises. `premises.total` counts all of them, listed or not.
    """
    premises: list[tuple[Cue, Sentence]] = []
    questions: list[Sentence] = []
    texts = 0
    for read in _read(documents):
        texts += bool(read)
        premises.extend((cue, sentence) for sentence in read if (cue := _cue(sentence)) is not None)
        questions.extend(_questions(read))
    premises.sort(key=lambda item: item[0].rank)
    facts = [
        Fact(id=f"premise.{number}", label=_shown(sentence), value=cue.name, sources=(sentence.source,))
        for number, (cue, sentence) in enumerate(premises[:MOST_PREMISES], start=1)
    ]
    asked = [(_shown(sentence), sentence) for sentence in questions]
    asked += [(cue.asks.format(_shown(sentence)), sentence) for cue, sentence in premises[:ASKED]]
    facts += [
        Fact(id=f"question.{number}", label=sentence.document.title, value=text, sources=(sentence.source,))
        for number, (text, sentence) in enumerate(asked[:MOST_QUESTIONS], start=1)
    ]
    undecided = [sentence for cue, sentence in premises if cue.rank == 0]
    assumed = [sentence for cue, sentence in premises if cue.rank != 0]
    facts += [
        _count("premises.total", "Sentences that take something for granted", [*undecided, *assumed]),
        _count("premises.undecided", "Sentences that say something is undecided", undecided),
        _count("premises.assumed", "Sentences that assume", assumed),
        Fact(id="premises.documents", label="Texts with sentences to look at", value=texts, unit="documents"),
    ]
    return Finding(skill="premises", facts=tuple(facts), remarks=tuple(_remarks(len(undecided), len(assumed))))


def _count(name: str, label: str, sentences: list[Sentence]) -> Fact:
    sources = merged(sentence.source for sentence in sentences)[:MOST_SOURCES]
    return Fact(id=name, label=label, value=len(sentences), unit="sentences", sources=sources)


def _read(documents: tuple[Document, ...]) -> Iterator[list[Sentence]]:
    """The sentences of each document; of one that stands several times the first, of the form of many none."""
    read = [list(prose.sentences(document)) for document in prose.ordered(documents)]
    standing: dict[str, list[Sentence]] = {}
    for sentence in (sentence for found in read for sentence in found):
        standing.setdefault(_key(sentence), []).append(sentence)
    for found in read:
        yield [
            sentence
            for sentence in found
            if (places := standing[_key(sentence)])[0] is sentence
            and len({place.document.path for place in places}) < BOILERPLATE
        ]


def _key(sentence: Sentence) -> str:
    return prose.plain(sentence.text).casefold()


def _cue(sentence: Sentence) -> Cue | None:
    """The strongest cue in the sentence; a bare heading or a question takes nothing for granted."""
    text = prose.plain(sentence.text)
    if text.endswith("?") or terms.count(text) < FEWEST_WORDS:
        return None
    return next((cue for cue, pattern in _PATTERNS if pattern.search(text)), None)


def _questions(read: list[Sentence]) -> Iterator[Sentence]:
    """Questions nothing follows: in running text the answer comes right behind."""
    for place, sentence in enumerate(read):
        text = prose.plain(sentence.text)
        if not text.endswith("?") or terms.count(text) < FEWEST_WORDS:
            continue
        following = read[place + 1] if place + 1 < len(read) else None
        if following is None or following.form is Form.HEADING or _apart(sentence, following):
            yield sentence


def _apart(question: Sentence, following: Sentence) -> bool:
    """Whether what follows a question is no answer to it: another question, or another item of a list."""
    if question.form is Form.HEADING:
        return False
    if prose.plain(following.text).endswith("?"):
        return True
    return following.first_line > question.last_line and question.form is not Form.PARAGRAPH


def _shown(sentence: Sentence) -> str:
    """The sentence as written, on one line; with links as their text where it has any."""
    text = one_line(sentence.text if sentence.quotable else prose.plain(sentence.text))
    return text if len(text) <= MOST else f"{text[: MOST - 1].rstrip()}…"


def _remarks(undecided: int, assumed: int) -> Iterator[Remark]:
    if undecided:
        lead = "1 sentence says" if undecided == 1 else f"{undecided} sentences say"
        yield Remark(text=f"{lead} that something is undecided.", facts=("premises.undecided",))
    if assumed:
        lead = "1 sentence takes" if assumed == 1 else f"{assumed} sentences take"
        yield Remark(text=f"{lead} something for granted.", facts=("premises.assumed",))
