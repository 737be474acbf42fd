"""Names: titles, capitalised names, `code`, @handles, #tags, paths and identifiers must stand in the evidence.

A capital at the start of a sentence says little; such a word counts as a name only where a verb behind it makes it one
and no list of ordinary words nor the evidence has it as a plain word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from orin_agents.domain.claims import Claim, ClaimKind
from orin_agents.domain.figures import DAYS, MONTHS
from orin_agents.skills.grounding import english
from orin_agents.skills.grounding.known import Known
from orin_agents.skills.grounding.openers import ACRONYMS, OPENERS

_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n\x00]{1,200})\1(?!`)")
_SUFFIXES = (
    "md|markdown|txt|py|rs|js|ts|toml|yaml|yml|json|csv|ics|log|html|css|pdf|docx|xlsx|sh|sql|ini|cfg|lock|png|svg"
)
_TOKEN = re.compile(
    r"(?<![\w@#/.\\&-])(?:"
    r"[\w.-]{0,40}@[A-Za-z0-9][\w-]{0,60}"
    r"|[\w-]{1,60}/[\w.-]{1,80}#\d{1,7}"
    r"|(?:RFC|PR|MR|issue|ticket|bug|pull request)s? #?\d{1,7}\b"
    r"|#[^\W_][\w/-]{0,60}"
    rf"|(?:\.{{0,2}}/)?(?:[\w.-]{{1,80}}/){{1,12}}[\w-]{{1,80}}\.(?:{_SUFFIXES})\b"
    r"|(?:[\w-]{1,80}/){1,12}[\w-]{1,80}\.[a-z]{2,5}\b"
    rf"|[\w-]{{1,80}}(?:\.[\w-]{{1,40}}){{0,4}}\.(?:{_SUFFIXES})\b"
    r"|[\w-]{2,60}\.[a-z]{2,4}\b(?![.(])"
    r"|\.{1,2}/[\w./-]{1,200}"
    r"|--?[A-Za-z][\w-]{1,60}(?:=[\w-]{1,60})?"
    r"|v?\d{1,5}\.\d{1,5}\.\d{1,5}[\w.-]{0,20}"
    r"|v\d{1,4}(?:\.\d{1,5})?\b"
    r"|[A-Za-z]\w{1,60}(?:\.[A-Za-z]\w{1,60}){2,6}"
    r"|(?:[A-Za-z]\w{1,60}\.){0,4}[A-Za-z]\w{0,60}_\w{1,60}(?:\.\w{1,60}){0,4}"
    r"|[A-Za-z]{1,8}-?\d{1,6}[a-z]?\b(?!\.\d)"
    r"|[a-z]{1,30}(?:-[a-z]{1,30}){1,6}\b"
    r"|[a-z]{1,30}[A-Z]\w{0,60}|[A-Z][a-z]{1,30}[A-Z]\w{0,60}"
    r")"
)
_COMPOUND = re.compile(r"[a-z]+(?:-[a-z]+)+")
_FILE = re.compile(r"([\w-]{2,60})\.([a-z]{2,4})")
_PAIR = re.compile(r"[a-z]+-[a-z]+")
"""Words joined by hyphens: a name where the evidence has nearly the same, else ordinary English (`day-to-day`)."""
_CAPITAL = r"[^\W\d_a-zß-ÿ][\w+]*(?:[-.&'’][\w+]+)*"
_NAME = re.compile(
    rf"(?<![\w\x00@#/.'’-]){_CAPITAL}(?: (?:(?:of|for|de|van|von|der|den|la|the) ){{0,2}}{_CAPITAL}){{0,7}}"
)
_LINKING_WORDS = "of for de van von der den la the"
_LINKING = frozenset(_LINKING_WORDS.split())
_DATES = frozenset(name[:length].lower() for name in (*DAYS, *MONTHS) for length in (3, len(name)))
_NO_NAME = re.compile(
    r"(?:ing|ed|ly|tion|sion|ment|ness|ity|ance|ence|ship|ics|ism|age|ure|ful|less|able|ible|ous|ive|s)$"
)
_DOES = re.compile(
    r"(?:['’]s\b)|, (?:co-|the |an? |who |head |lead |chair |our |your |from )"
    r"|,? (?:is|was|has|had|will|would|can|could|should|must"
    r"|and [A-Z]\w*|or [A-Z]\w*|may|might|did|does|said|wrote|sent|took|\d|[a-z]{2,20}ed"
    r"|gave|agreed|[a-z]{2,20}[^s\W]s)\b"
)
_OPENING = re.compile(r"(?:^|[.!?:;…\n\"“”(—–|•>*_\x00-])[ \t\"“(*_>\x00]*$")


class Names:
    """The titles and tokens of the evidence by the way they are written."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.tokens: dict[str, str] = {}
        for id_, text in known.blocks:
            for match in _TOKEN.finditer(text):
                self._add(match.group(), id_)
            for match in _CODE.finditer(text):
                self._add(match[2].strip(), id_)
            line = text.strip()
            if len(line) <= 200 and " " not in line:
                self._add(line, id_)
        self.by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for words, id_ in known.titles.items():
            self.by_first.setdefault(words[0], []).append((words, id_))
        for titles in self.by_first.values():
            titles.sort(key=lambda entry: -len(entry[0]))

    def token(self, said: str) -> str:
        """The id of what has the token, or a path that ends so, or nothing."""
        bare = said.casefold()
        number = re.search(r"#?(\d+)$", bare)
        return (
            self.tokens.get(bare, "")
            or self.tokens.get(bare.removeprefix("./").lstrip("#"), "")
            or (self.tokens.get(f"#{number[1]}", "") if number and " " in bare else "")
        )

    def nearly(self, said: str) -> bool:
        """Whether a compound of the evidence has all but one of the parts of this one, in their places."""
        parts = said.casefold().split("-")
        if len(parts) == 2 and all(part in self.known.plain or part in OPENERS for part in parts):
            return False
        return any(
            len(other) == len(parts)
            and sum(a != b for a, b in zip(parts, other, strict=True)) == 1
            and (len(parts) > 2 or all(self._is_rare(a) for a, b in zip(parts, other, strict=True) if a == b))
            for other in self._compounds
        )

    def is_no_file(self, said: str) -> bool:
        """Whether it has the form of a file's name, but neither a known ending nor a stem that a file here has."""
        form = _FILE.fullmatch(said)
        return form is not None and not re.fullmatch(_SUFFIXES, form[2]) and form[1].casefold() not in self._stems

    @cached_property
    def _stems(self) -> set[str]:
        return {form[1].casefold() for token in self.tokens if (form := _FILE.fullmatch(token))}

    def is_spelled_otherwise(self, said: str) -> bool:
        """Whether a word with a capital stands in the evidence without it only."""
        return said[0].isupper() and said not in self.known.capitals

    def _is_rare(self, part: str) -> bool:
        """Whether the part of a compound stands nowhere alone, so that it makes a name of what it is in."""
        return len(part) > 3 and part not in OPENERS and not _NO_NAME.search(part) and self._parts[part] < 2

    @cached_property
    def _parts(self) -> Counter[str]:
        """How often each plain word stands alone, which those of compounds do not."""
        return Counter(re.findall(r"(?<![\w-])[a-z]+(?![\w-])", self.known.text.lower()))

    @cached_property
    def _compounds(self) -> list[list[str]]:
        return [token.split("-") for token in self.tokens if _COMPOUND.fullmatch(token)]

    def _add(self, token: str, id_: str) -> None:
        bare = token.casefold()
        number = re.search(r"#(\d+)$| (\d+)$", bare)
        names = {bare, bare.removeprefix("./")} | ({f"#{number[1] or number[2]}"} if number else set())
        if "/" in bare:
            names.add(PurePosixPath(bare).name)
        for name in names:
            self.tokens.setdefault(name, id_)


def check_titles(text: str, names: Names) -> Iterator[Claim]:
    """A claim, always supported, for every title of the evidence that the text mentions, whatever its case."""
    found = [
        (match.start(), match.end(), match.group().lower().replace("’", "'")) for match in english.WORD.finditer(text)
    ]
    at = 0
    while at < len(found):
        step = 1
        for words, id_ in names.by_first.get(found[at][2], ()):
            if tuple(word for _, _, word in found[at : at + len(words)]) == words:
                start, end = found[at][0], found[at + len(words) - 1][1]
                yield Claim(kind=ClaimKind.NAME, start=start, end=end, text=text[start:end], supported=True, by=id_)
                step = len(words)
                break
        at += step


def check_tokens(text: str, names: Names) -> Iterator[Claim]:
    """A claim for every `code` span, @handle, #tag, path, flag and identifier of the text."""
    end = 0
    spans = [(match.start(2), match.end(2)) for match in _CODE.finditer(text)]
    spans += [match.span() for match in _TOKEN.finditer(text)]
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        said = text[start:stop].strip().rstrip(".")
        if start < end or not said:
            continue
        code = text[start - 1 : start] == "`"
        if not code and (_PAIR.fullmatch(said) or names.is_no_file(said)) and not names.nearly(said):
            continue
        end = stop
        by = names.token(said)
        if not by and not said.startswith(("@", "#")) and not (said.isalpha() and names.is_spelled_otherwise(said)):
            by = names.known.stands(said)
        ordinary = not code and _COMPOUND.fullmatch(said) and not names.nearly(said)
        if not by and (said.upper() in ACRONYMS or ordinary):
            continue
        yield _claim(text, start, start + len(said), by)


def check_names(text: str, starts: Iterable[int], names: Names) -> Iterator[Claim]:
    """A claim for every capitalised name; `starts` are the offsets at which sentences begin."""
    begins = set(starts)
    for match in _NAME.finditer(text):
        words = [(m.start() + match.start(), m.group()) for m in re.finditer(r"\S+", match.group())]
        opens = match.start() in begins or bool(_OPENING.search(text[max(0, match.start() - 8) : match.start()]))
        yield from _judged(text, words, opens, names.known)


def _judged(text: str, words: list[tuple[int, str]], opens: bool, known: Known) -> Iterator[Claim]:
    start, end = words[0][0], words[-1][0] + len(words[-1][1])
    if by := (_stands(text[start:end], known) if len(words) > 1 else ""):
        yield _claim(text, start, end, by)
        return
    if opens and _ordinary(words[0][1], text, words, known):
        words = words[1:]
    while words and words[0][1] in _LINKING:
        words = words[1:]
    run: list[tuple[int, str]] = []
    for word in [*words, (0, "")]:
        bare = _bare(word[1])
        if word[1] and bare not in _DATES and bare.upper() not in ACRONYMS and bare not in _PRONOUNS:
            run.append(word)
        elif run:
            yield from _run(text, run, known)
            run = []


def _run(text: str, run: list[tuple[int, str]], known: Known) -> Iterator[Claim]:
    while run and run[-1][1] in _LINKING:
        run = run[:-1]
    if not run:
        return
    start, last = run[0][0], run[-1]
    end = last[0] + len(last[1].removesuffix("'s").removesuffix("’s"))
    by = _stands(text[start:end], known) or _in_parts(run, known)
    yield _claim(text, start, end, by)


def _in_parts(run: Sequence[tuple[int, str]], known: Known) -> str:
    """The id of what has the first part, where the name is two or three names of the evidence one behind the other."""
    at, first, parts = 0, "", 0
    words = [word for _, word in run]
    while at < len(words):
        if words[at] in _LINKING:
            at += 1
            continue
        for stop in range(len(words), at, -1):
            if by := _stands(" ".join(words[at:stop]), known):
                at, first, parts = stop, first or by, parts + 1
                break
        else:
            return ""
    return first if parts <= 2 else ""


def _stands(name: str, known: Known) -> str:
    """The id of what has the name, with a capital, in the singular, plural or possessive."""
    bare = name.removesuffix("'s").removesuffix("’s").removesuffix("'").removesuffix("’")
    forms = [bare]
    if len(bare) > 3:
        forms += [bare[:-1], bare[:-3] + "y"] if bare.endswith("s") else [f"{bare}s"]
    for form in forms:
        words = [word for word in english.WORD.findall(form) if word not in _LINKING]
        known_words = len(words) > 1 or all(word in known.capitals or word.lower() in known.plain for word in words)
        if known_words and (by := known.stands(form)):
            return by
    return ""


def _ordinary(word: str, text: str, words: list[tuple[int, str]], known: Known) -> bool:
    """Whether the first word of a sentence has its capital from there: no name is made of it."""
    bare = _bare(word)
    if bare in OPENERS or bare in known.plain:
        return True
    if word in known.capitals:
        return False
    if english.root(bare) in known.standing or "-" in bare:
        return True
    if not bare.isalpha() or word.isupper():
        return False
    end = words[0][0] + len(word)
    if bare.endswith("s") and re.match(r" (?:is|was|has)\b", text[end : end + 5]):
        return False
    if len(words) > 1:
        return bool(_NO_NAME.search(bare))
    return bool(_NO_NAME.search(bare)) or not _DOES.match(text, end - (2 if word.endswith(("'s", "’s")) else 0))


def _bare(word: str) -> str:
    return _CONTRACTED.sub("", word.lower().replace("’", "'")).rstrip("'.")


_CONTRACTED = re.compile(r"'(?:s|ve|re|ll|d|m)$")
_PRONOUNS_WORDS = "i i'm i'll i've i'd a"
_PRONOUNS = frozenset(_PRONOUNS_WORDS.split())


def _claim(text: str, start: int, end: int, by: str) -> Claim:
    why = "" if by else "This name stands in no fact, passage or text."
    return Claim(kind=ClaimKind.NAME, start=start, end=end, text=text[start:end], supported=bool(by), by=by, why=why)
