"""Rules that artifacts keep, checked by code."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from orin_agents.domain.artifacts import Artifact
from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source, merged
from orin_agents.domain.globs import matches
from orin_agents.domain.rules import PATH, Check, Rule, RuleChecklist
from orin_agents.domain.snapshot import Document
from orin_agents.skills import prose, terms

MOST_FAILURES = 200


@dataclass(frozen=True, slots=True)
class _Failure:
    """An artifact (or, for a rule that something exists, a glob) that breaks a rule, and the line where it shows."""

    rule: Rule
    path: str
    line: int | None = None

    @property
    def sources(self) -> tuple[Source, ...]:
        if self.rule.check is Check.EXISTS:
            return (self.rule.source,)
        return (Source(path=self.path, first_line=self.line, last_line=self.line), self.rule.source)


def check_rules(
    rules: RuleChecklist | None, documents: tuple[Document, ...], artifacts: tuple[Artifact, ...], now: datetime
) -> Finding:
    """`checklist.passed` and `.failed` count rules that apply to something; `checklist.score` is their ratio, None
    without any. `failure.N` is one artifact that breaks one rule, the gravest first.

    `checklist.idle` counts rules whose artifacts do not exist, or whose text cannot be looked at.
    """
    if rules is None:
        return Finding(skill="checklist", missing=(PATH,))
    texts = {document.path: document.text for document in documents}
    live = sorted((a for a in artifacts if a.removed is None), key=lambda artifact: artifact.path)
    failures: list[_Failure] = []
    kept: list[Rule] = []
    broken: list[Rule] = []
    idle: list[Rule] = []
    for rule in rules.rules:
        found = _check(rule, texts, live, now)
        if found is None:
            idle.append(rule)
        elif found:
            broken.append(rule)
            failures += found
        else:
            kept.append(rule)
    order = list(Severity)
    failures.sort(key=lambda failure: -order.index(failure.rule.severity))
    facts = [
        _count("checklist.passed", "Rules kept", kept),
        _count("checklist.failed", "Rules broken", broken),
        Fact(
            id="checklist.score",
            label="Share of rules kept",
            value=round(len(kept) / len(kept + broken), 4) if kept or broken else None,
            unit="ratio",
            sources=_lines(kept + broken),
        ),
        _count("checklist.idle", "Rules with nothing to look at", idle),
    ]
    for number, failure in enumerate(failures[:MOST_FAILURES], start=1):
        name, label = f"failure.{number}", failure.rule.text
        facts.append(Fact(id=name, label=label, value=failure.path, sources=failure.sources))
        severity = failure.rule.severity.value
        facts.append(Fact(id=f"{name}.severity", label=label, value=severity, sources=(failure.rule.source,)))
    return Finding(skill="checklist", facts=tuple(facts), remarks=tuple(_remarks(failures, idle)))


def _count(name: str, label: str, rules: list[Rule]) -> Fact:
    return Fact(id=name, label=label, value=len(rules), unit="rules", sources=_lines(rules))


def _lines(rules: list[Rule]) -> tuple[Source, ...]:
    """The rules' lines; of none the whole checklist, which says that there is no such rule."""
    return merged(rule.source for rule in rules) or (Source(path=PATH),)


def _check(rule: Rule, texts: dict[str, str], live: list[Artifact], now: datetime) -> list[_Failure] | None:
    """What breaks the rule; None when there is nothing to look at."""
    named = [artifact for artifact in live if matches(artifact.path, [rule.applies_to])]
    if rule.check is Check.EXISTS:
        return [] if named else [_Failure(rule, rule.applies_to)]
    if rule.check is Check.CHANGED_WITHIN_DAYS:
        oldest = _days_before(now, int(rule.value))
        return [_Failure(rule, artifact.path) for artifact in named if artifact.changed < oldest] if named else None
    readable = [artifact.path for artifact in named if artifact.path in texts]
    if not readable:
        return None
    broken = _TESTS[rule.check]
    found = [(path, broken(texts[path], rule.value)) for path in readable]
    return [_Failure(rule, path, line or None) for path, line in found if line is not None]


def _days_before(now: datetime, days: int) -> datetime:
    try:
        return now - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)


def _contains(text: str, value: str | int) -> int | None:
    return None if str(value) in text else 0


def _lacks(text: str, value: str | int) -> int | None:
    at = text.find(str(value))
    return None if at < 0 else _line(text, at)


def _matches(text: str, value: str | int) -> int | None:
    return None if re.search(str(value), text, re.MULTILINE) else 0


def _heading(text: str, value: str | int) -> int | None:
    wanted = prose.plain(str(value).lstrip("#")).casefold()
    headings = (piece.text for piece in prose.pieces(text) if piece.form is prose.Form.HEADING)
    return None if any(prose.plain(heading).casefold() == wanted for heading in headings) else 0


def _most_words(text: str, value: str | int) -> int | None:
    return None if _words(text) <= int(value) else 0


def _least_words(text: str, value: str | int) -> int | None:
    return None if _words(text) >= int(value) else 0


_TESTS: dict[Check, Callable[[str, str | int], int | None]] = {
    Check.CONTAINS: _contains,
    Check.LACKS: _lacks,
    Check.MATCHES: _matches,
    Check.HEADING: _heading,
    Check.MOST_WORDS: _most_words,
    Check.LEAST_WORDS: _least_words,
}
"""Each gives None when the text keeps the rule, else the line that breaks it, 0 when no line shows it."""


def _words(text: str) -> int:
    """Words of prose: code, tables and front matter do not count."""
    return sum(terms.count(prose.plain(piece.text)) for piece in prose.pieces(text))


def _line(text: str, at: int) -> int:
    before = text[:at]
    return before.count("\n") + before.replace("\r\n", "").count("\r") + 1


def _remarks(failures: list[_Failure], idle: list[Rule]) -> Iterator[Remark]:
    broken: dict[str, list[int]] = {}
    for number, failure in enumerate(failures, start=1):
        broken.setdefault(failure.rule.id, []).append(number)
    rules = {failure.rule.id: failure.rule for failure in failures}
    for name, numbers in broken.items():
        rule = rules[name]
        first = failures[numbers[0] - 1].path
        more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        broken_by = f"nothing is there as {first}" if rule.check is Check.EXISTS else f"broken by {first}{more}"
        yield Remark(
            text=f"“{rule.text}”: {broken_by}.",
            severity=rule.severity,
            facts=tuple(f"failure.{number}" for number in numbers[:3] if number <= MOST_FAILURES),
        )
    if idle:
        named = ", ".join(rule.id for rule in idle[:5]) + (", …" if len(idle) > 5 else "")
        yield Remark(text=f"Nothing to look at for the rules {named}.", facts=("checklist.idle",))
