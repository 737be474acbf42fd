"""What an agent keeps in mind: a person's rules, lessons with their evidence, recent work; one Markdown file an agent.

The file is a person's to read and edit. So it is read leniently, and what in it is neither a lesson nor a line of
recent work is kept as it is, among the rules.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from orin_agents.domain.markdown import one_line

MOST_CHARS = 4000
"""Characters of lessons and recent work together. Rules are the person's, and as long as they write them."""
MOST_LESSONS = 24
MOST_WORK = 20
MOST_TEXT = 200
"""Characters of one lesson or one line of work, without its evidence."""
MOST_EVIDENCE = 3
"""Places named for one lesson, the newest ones."""
OBSERVATIONS = 2
"""Independent observations after which a lesson holds without a person's word."""
WORK_TOLD = 5
"""Lines of recent work that a prompt gets."""

NOTE = (
    "<!-- Yours to read and edit. Rules are your own: Orin never changes them. It adds lessons and recent work;"
    " what you change or delete there stays so. -->"
)
WAITING = "(waiting for a second observation)"

_ITEM = re.compile(r"[-*+][ \t]+(.*\S)")
_SAID = re.compile(rf"(.+?)(?: \[([^\[\]]*)\])?( {re.escape(WAITING)})?")
_HEADING = re.compile(r"(#{1,2})[ \t]+(.*?)[ \t]*#*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One thing learnt. It goes into prompts once it is `live`; `evidence` names what it rests on."""

    text: str
    evidence: tuple[str, ...] = ()
    live: bool = True

    @property
    def key(self) -> str:
        """What makes it the same lesson: its words, whatever their case and spacing."""
        return key_of(self.text)

    def line(self) -> str:
        """As it stands in the file."""
        evidence = f" [{'; '.join(self.evidence)}]" if self.evidence else ""
        return f"- {self.text}{evidence}{'' if self.live else f' {WAITING}'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMemory:
    """What is known of an agent's memory beside its file: the lessons last written there, and the keys of those that a
    person took out, which are not learnt again.
    """

    known: tuple[Lesson, ...] = ()
    forgotten: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One step of a run that is done, in a line; `of` names run and step."""

    text: str
    of: str = ""

    def line(self) -> str:
        """As it stands in the file."""
        return f"- {self.text}{f' [{self.of}]' if self.of else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMemory:
    """An agent's memory. Lessons stand oldest first, work newest first."""

    title: str
    rules: str = ""
    lessons: tuple[Lesson, ...] = ()
    work: tuple[Work, ...] = ()

    def with_lesson(self, text: str, evidence: str, *, holds: bool) -> "AgentMemory":
        """With the lesson observed once more. It goes live where it `holds` already, or was observed twice."""
        text, evidence = clipped(text), _as_evidence(evidence)
        known = next((lesson for lesson in self.lessons if lesson.key == key_of(text)), None)
        if known is None:
            new = Lesson(text=text, evidence=(evidence,), live=holds)
            return replace(self, lessons=(*self.lessons, new))
        seen = known.evidence if evidence in known.evidence else (*known.evidence, evidence)
        live = known.live or holds or len(seen) >= OBSERVATIONS
        lesson = replace(known, evidence=seen[-MOST_EVIDENCE:], live=live)
        return replace(self, lessons=tuple(lesson if one is known else one for one in self.lessons))

    def without(self, key: str) -> "AgentMemory":
        """Without the lesson of that key."""
        return replace(self, lessons=tuple(lesson for lesson in self.lessons if lesson.key != key))

    def with_work(self, text: str, of: str) -> "AgentMemory":
        """With a line of work on top; a line of the same run and step gives way to it."""
        new = Work(text=clipped(text), of=_as_evidence(of))
        if any(work.of == new.of for work in self.work):
            return replace(self, work=tuple(new if work.of == new.of else work for work in self.work))
        return replace(self, work=(new, *self.work))

    def bounded(self) -> "AgentMemory":
        """Within the bounds: the oldest work goes first, then lessons that wait, then the oldest with evidence.

        What has no evidence a person wrote, and it stays.
        """
        work, lessons = list(self.work[:MOST_WORK]), list(self.lessons)
        while len(lessons) > MOST_LESSONS and _drop_oldest(lessons):
            pass
        while sum(len(line) + 1 for line in [*(w.line() for w in work), *(m.line() for m in lessons)]) > MOST_CHARS:
            if len(work) > WORK_TOLD:
                work.pop()
            elif not _drop_oldest(lessons):
                break
        return replace(self, lessons=tuple(lessons), work=tuple(work))

    def written(self) -> str:
        """The file's text."""
        parts = [f"# {self.title}", NOTE, "## Rules", self.rules, "## Lessons"]
        parts += ["\n".join(lesson.line() for lesson in self.lessons), "## Recent work"]
        parts += ["\n".join(work.line() for work in self.work)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def told(self, most_chars: int) -> str:
        """What a prompt gets of it, in at most so many characters: rules before lessons, and both before work.

        The rules are cut only where they alone are too long; of lessons and work the newest are kept.
        """
        told = (
            [f"Rules of the person you work for. They hold over everything below:\n{self.rules}"] if self.rules else []
        )
        if told and len(told[0]) > most_chars:
            return told[0][: max(most_chars - 2, 0)].rstrip() + "\n…"
        live = [lesson.text for lesson in self.lessons if lesson.live]
        work = [work.text for work in self.work[:WORK_TOLD]]
        for head, texts, newest_last in (
            ("Lessons. None of them overrides a rule:", live, True),
            ("Your recent work, newest first; a record, not an instruction:", work, False),
        ):
            room = most_chars - len("\n\n".join([*told, head])) - 2
            fitting = _fitting(reversed(texts) if newest_last else texts, room)
            if fitting:
                told.append("\n".join([head, *(reversed(fitting) if newest_last else fitting)]))
        return "\n\n".join(told)


def read_memory(text: str, title: str = "") -> AgentMemory:
    """The memory as it stands in a file; `title` is the agent's where the file has none."""
    found = _Found()
    for line in text.split("\n"):
        found.take(line.removesuffix("\r"))
    lessons: dict[str, Lesson] = {}
    for lesson in map(_lesson, found.items["lessons"]):
        lessons.setdefault(lesson.key, lesson)
    work = tuple(map(_work, found.items["recent work"]))
    rules = "\n".join(found.rules).strip("\n")
    return AgentMemory(
        title=found.title or one_line(title) or "Agent", rules=rules, lessons=tuple(lessons.values()), work=work
    )


def taken_up(memory: AgentMemory, known: Iterable[Lesson]) -> tuple[AgentMemory, tuple[Lesson, ...]]:
    """The memory with what a person did to the lessons `known` to have been written, and those that they took out.

    A lesson that waits and has other words than before was edited by a person, which is as good as their yes.
    """
    standing = {lesson.key for lesson in memory.lessons}
    gone = tuple(lesson for lesson in known if lesson.key not in standing)
    replaced = {lesson.evidence for lesson in gone}
    lessons = tuple(
        replace(lesson, live=True) if lesson.evidence and lesson.evidence in replaced else lesson
        for lesson in memory.lessons
    )
    return replace(memory, lessons=lessons), gone


def removed_sections(before: str, after: str) -> tuple[str, ...]:
    """The headings (level 2 and below) that an edit took out of a Markdown text; none where it also brought new ones.

    Those a person renamed or wrote anew are no removals, so such an edit says nothing.
    """
    old, new = dict.fromkeys(_sections(before)), dict.fromkeys(_sections(after))
    return () if any(heading not in old for heading in new) else tuple(h for h in old if h not in new)


def key_of(text: str) -> str:
    """What makes two lessons the same."""
    return " ".join(text.casefold().split())


def clipped(text: str) -> str:
    """The text on one line, cut behind a word after MOST_TEXT characters at most."""
    line = one_line(text)
    if len(line) <= MOST_TEXT:
        return line
    cut = line[: MOST_TEXT - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


class _Found:
    """Goes through the lines of a file and sorts them."""

    def __init__(self) -> None:
        self.title = ""
        self.rules: list[str] = []
        self.items: dict[str, list[str]] = {"lessons": [], "recent work": []}
        self._section = ""
        self._open = False

    def take(self, line: str) -> None:
        """The next line."""
        heading = _HEADING.fullmatch(line)
        item = _ITEM.fullmatch(line.rstrip())
        name = heading[2].casefold() if heading and len(heading[1]) == 2 else ""
        if heading and len(heading[1]) == 1 and not self.title and not self._section and heading[2]:
            self.title = one_line(heading[2])
        elif name in (*self.items, "rules"):
            self._section, self._open = name, False
        elif line.strip() == NOTE:
            pass
        elif self._section not in self.items or heading:
            self._section = "rules" if heading else self._section
            self.rules.append(line)
        elif item and (text := one_line(item[1])):
            self.items[self._section].append(text)
            self._open = True
        elif not line.strip():
            self._open = False
        elif self._open and line[0] in " \t":
            self.items[self._section][-1] += f" {one_line(line)}"
        else:
            self.rules.append(line)


def _lesson(item: str) -> Lesson:
    said = _SAID.fullmatch(item)
    assert said, "any text with something in it fits"
    return Lesson(text=said[1], evidence=_evidence(said[2]), live=not said[3])


def _work(item: str) -> Work:
    said = _SAID.fullmatch(item)
    assert said, "any text with something in it fits"
    return Work(text=f"{said[1]}{said[3] or ''}", of=said[2] or "")


def _evidence(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in map(str.strip, (text or "").split(";")) if part)


def _as_evidence(text: str) -> str:
    """The text so that the brackets around it end where they should."""
    return one_line(text).translate(str.maketrans("[];", "(),"))


def _drop_oldest(lessons: list[Lesson]) -> bool:
    """Take out the lesson that is missed least; whether there was one that may go."""
    for at, lesson in enumerate(lessons):
        if not lesson.live:
            del lessons[at]
            return True
    for at, lesson in enumerate(lessons):
        if lesson.evidence:
            del lessons[at]
            return True
    return False


def _fitting(texts: Iterable[str], room: int) -> list[str]:
    """Items for as many texts from the first on as fit into so many characters."""
    fitting: list[str] = []
    for text in texts:
        room -= len(text) + 3
        if room < 0:
            break
        fitting.append(f"- {text}")
    return fitting


def _sections(text: str) -> Iterator[str]:
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and (found := re.fullmatch(r"#{2,6}[ \t]+(.*?)[ \t]*#*", line)):
            yield one_line(re.sub(r"\[f\d+\]", "", found[1]))
