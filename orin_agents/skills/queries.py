"""What somebody asks, made ready for a search by words."""

import re
from dataclasses import dataclass

from orin_agents.skills.terms import STOPWORDS

MOST_WORDS = 32
"""Words of a question that are looked for; a longer text is cut."""
LONGEST = 4000
"""Characters of a question that are looked at."""

_PHRASE = re.compile(r'["“„«]([^"“”„«»]+)["”“»]')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """A question: its text, the words that carry it, and the phrases that it puts in quotes."""

    text: str
    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()


def prepared(text: str) -> Query:
    """The question with its words in lower case, each once, those left out that only hold others together.

    When nothing else is left they stay: “who are we” is looked for as it stands.
    """
    text = text[:LONGEST].strip()
    phrases = dict.fromkeys(" ".join(_WORD.findall(phrase.lower())) for phrase in _PHRASE.findall(text))
    every = list(dict.fromkeys(_WORD.findall(text.lower())))
    content = [word for word in every if word not in STOPWORDS and (len(word) > 1 or word.isdigit())]
    several = tuple(phrase for phrase in phrases if " " in phrase)
    return Query(text, tuple((content or every)[:MOST_WORDS]), several)
