"""Pages by Jinja2: facts and words in, an artifact's text out.

What a template may use is the `_Page` below: its public methods, and the filters of `_filters`. Whatever a template
prints is written for the format at hand: in Markdown a person's text is escaped, in JSON and YAML every value is a
literal. Marks such as `[f1]` are given out in the order of first use and listed at the end of a Markdown page.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from orin_agents.domain import figures, mermaid
from orin_agents.domain.errors import NotFound, OrinError
from orin_agents.domain.facts import Fact, Remark, Severity, Source, Value
from orin_agents.domain.markdown import inline, one_line
from orin_agents.domain.marking import marked
from orin_agents.domain.okr import PATH as OKR_PATH
from orin_agents.domain.pages import Page, Rendered, Sentence
from orin_agents.domain.recount import recounted

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_SOURCES = 12
LONGEST_SENTENCE = 600
WORDLESS = "No model answered; this page is complete without narrative."
SIGNS = {Severity.INFO: "·", Severity.WARNING: "⚠", Severity.HIGH: "▲"}


class Safe(str):
    """Text that is already written for its format."""

    __slots__ = ()


@dataclass(slots=True)
class _Ledger:
    """The facts a page has used so far, by mark."""

    cited: list[Fact] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)

    def mark(self, fact: Fact, shown: str) -> int:
        """The fact's mark; `shown` is its value as the page first writes it."""
        if fact.id not in self.marks:
            self.cited.append(fact)
            self.shown.append(shown)
            self.marks[fact.id] = len(self.cited)
        return self.marks[fact.id]


class _Said:
    """A fact as templates see it. An absent one is false, has the value None and is written as a dash."""

    def __init__(self, page: "_Page", fact: Fact | None, style: str = "") -> None:
        self._page, self._fact, self._style = page, fact, style

    def __bool__(self) -> bool:
        return self._fact is not None

    def __str__(self) -> str:
        return f"{inline(self.text)} {self.mark}" if self._fact else figures.ABSENT

    @property
    def id(self) -> str:
        return self._fact.id if self._fact else ""

    @property
    def label(self) -> str:
        label = self._fact.label if self._fact else ""
        return label if one_line(label) else "(untitled)"

    @property
    def unit(self) -> str:
        return self._fact.unit if self._fact else ""

    @property
    def value(self) -> Value:
        """The bare value. In a data file, which has no marks, this is what cites the fact."""
        if self._fact and self._page.data:
            self._page.ledger.mark(self._fact, self.text)
        return self._fact.value if self._fact else None

    @property
    def bare(self) -> Value:
        """The bare value without citing the fact, for the many rows of an index."""
        return self._fact.value if self._fact else None

    @property
    def number(self) -> float:
        """The value to compare with; 0 when it is absent or no number."""
        return float(self._fact.value) if self._fact and isinstance(self._fact.value, int | float) else 0.0

    @property
    def text(self) -> str:
        if self._fact is None:
            return figures.ABSENT
        value = self._fact.value
        if self._style == "percent" and isinstance(value, int | float):
            return figures.percent(value)
        return figures.figure(value, self._fact.unit, self._page.zone)

    @property
    def mark(self) -> Safe:
        return Safe(f"[f{self._page.ledger.mark(self._fact, self.text)}]") if self._fact else Safe("")

    @property
    def place(self) -> str:
        """Its first source, such as `raw_notes/hall.md@2:14`."""
        return str(self._fact.sources[0]) if self._fact and self._fact.sources else ""

    @property
    def path(self) -> str:
        """The file of its first source."""
        return self._fact.sources[0].path if self._fact and self._fact.sources else ""

    def styled(self, style: str) -> "_Said":
        """The same fact in another style, such as `percent`."""
        return _Said(self._page, self._fact, style)

    def part(self, name: str, style: str = "") -> "_Said":
        """The fact below this one: `block.1` has the part `block.1.energy`."""
        return self._page.fact(f"{self.id}.{name}", style)


class _Remarked:
    """A remark as templates see it."""

    def __init__(self, page: "_Page", remark: Remark) -> None:
        self._page, self._remark = page, remark

    @property
    def severity(self) -> str:
        return self._remark.severity.value

    @property
    def sign(self) -> str:
        return SIGNS[self._remark.severity]

    @property
    def text(self) -> str:
        return self._remark.text

    @property
    def marks(self) -> Safe:
        """The marks of the facts it rests on, each behind a space."""
        found = (self._page.fact(fact_id) for fact_id in self._remark.facts)
        return Safe("".join(f" {said.mark}" for said in found if said))


class _Page:
    """What a template may ask for."""

    def __init__(self, page: Page, *, data: bool) -> None:
        self.ledger = _Ledger()
        self.data = data
        self.verbatim = False
        self.zone: tzinfo | None = page.now.tzinfo
        self._page = page
        self._facts: dict[str, Fact] = {}
        for finding in page.findings.values():
            for fact in finding.facts:
                self._facts.setdefault(fact.id, fact)
        for fact in page.narrative.quoted if page.narrative else ():
            self._facts.setdefault(fact.id, fact)

    def fact(self, fact_id: str, style: str = "") -> _Said:
        """The fact, written as its value and mark; style `percent` writes a ratio in hundredths."""
        return _Said(self, self._facts.get(fact_id), style)

    def value(self, what: "str | _Said") -> str:
        """The fact's value without its mark."""
        return (self.fact(what) if isinstance(what, str) else what).text

    def mark(self, what: "str | _Said") -> Safe:
        """The fact's mark."""
        return (self.fact(what) if isinstance(what, str) else what).mark

    def has(self, *fact_ids: str) -> bool:
        """Whether all of these facts are there."""
        return all(fact_id in self._facts for fact_id in fact_ids)

    def facts(self, prefix: str, most: int | None = None) -> list[_Said]:
        """The numbered facts `prefix.1`, `prefix.2`, …, the first `most` of them."""
        finding = next((f for f in self._page.findings.values() if f.numbered(prefix)), None)
        found = [_Said(self, fact) for fact in finding.numbered(prefix)] if finding else []
        return found[:most]

    def titled(self, said: _Said) -> Safe:
        """A fact whose value lists ids of tasks, with their titles instead where `order.N` knows them."""
        titles = {task.text: task.label for task in self.facts("order")}
        names = [inline(titles.get(name, name)) for name in said.text.split(", ")]
        return Safe(f"{', '.join(names)} {said.mark}")

    def missing(self, *skills: str) -> list[str]:
        """Inputs that were absent, for these skills or for all."""
        findings = [f for name, f in self._page.findings.items() if not skills or name in skills]
        return list(dict.fromkeys(name for finding in findings for name in finding.missing))

    def broken(self, *skills: str) -> list[str]:
        """Inputs that could not be read, with place and reason, for these skills or for all."""
        findings = [f for name, f in self._page.findings.items() if not skills or name in skills]
        return list(dict.fromkeys(line for finding in findings for line in finding.broken))

    def remarks(self, *skills: str, least: str = "info") -> list[_Remarked]:
        """What the facts of these skills mean (of all, without any named), severe ones first."""
        order = list(Severity)
        chosen = [
            remark
            for name, finding in self._page.findings.items()
            if not skills or name in skills
            for remark in finding.remarks
            if order.index(remark.severity) >= order.index(Severity(least))
        ]
        return [_Remarked(self, r) for r in sorted(chosen, key=lambda r: -order.index(r.severity))]

    def narrative(self) -> Safe:
        """The marked place for a model's words; nothing where the page asks for none."""
        told = self._page.narrative
        if told is None:
            return Safe("")
        paragraphs = [" ".join(map(self._sentence, paragraph)) for paragraph in told.paragraphs]
        said = "\n\n".join(filter(None, paragraphs)) or f"_{inline(told.note or WORDLESS)}_"
        if count := told.unverified:
            what = (
                "figure, date, name, link or quote" if told.claims == 1 else "figures, dates, names, links and quotes"
            )
            said += f"\n\n_⚠ {count} of {told.claims} {what} in these words stand{'s' * (count == 1)} in no source._"
        return Safe(f"<!-- narrative -->\n{said}\n<!-- /narrative -->")

    def _sentence(self, sentence: Sentence) -> str:
        """The sentence, escaped, its unverified spans marked, with the marks of the facts it cites."""
        cited = (self.fact(fact_id) for fact_id in sentence.cites)
        text = inline(marked(sentence.text, sentence.unverified), LONGEST_SENTENCE)
        return "".join([text, *(f" {said.mark}" for said in cited if said)])

    def recounted(self) -> Safe:
        """okr.json with the key results as counted from tasks; nothing when none differs or the file is not given."""
        results = [said for said in self.facts("key_result") if said.part("counted")]
        counts = {said.label: said.part("counted").number for said in results}
        text = recounted(self._page.files.get(OKR_PATH, ""), counts)
        if text:
            self.verbatim = True
            for said in results:
                _ = said.part("counted").mark
        return Safe(text)

    def names(self) -> dict[str, object]:
        """Everything a template sees, by name."""
        asked = (
            "fact",
            "value",
            "mark",
            "has",
            "facts",
            "titled",
            "missing",
            "broken",
            "remarks",
            "narrative",
            "recounted",
        )
        page = self._page
        return {
            **{name: getattr(self, name) for name in asked},
            "recounted": self.recounted,
            "messages": page.messages,
            "project": page.project,
            "agent": page.agent,
            "routine": page.routine,
            "now": page.now,
        }


class PageTemplates:
    """The `Templates` port on a folder of Jinja2 files, run in Jinja's sandbox."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environments: dict[str, Environment] = {}

    def names(self) -> frozenset[str]:
        """The templates there are."""
        return frozenset(path.name for path in self._folder.glob("*.j2"))

    def render(self, template: str, page: Page) -> Rendered:
        """The page's text. Raises NotFound for an unknown template, OrinError for one that is wrong."""
        from jinja2 import TemplateError, TemplateNotFound

        form = template.removesuffix(".j2").rpartition(".")[2]
        asked = _Page(page, data=form != "md")
        try:
            text = self._environment(form, page.now.tzinfo).get_template(template).render(asked.names())
            text = _finished(form, text, asked)
        except TemplateNotFound as error:
            raise NotFound(f"There is no template {error.name}.", remedy="Name a file of crew/templates.") from error
        except (TemplateError, TypeError, ValueError) as error:
            raise OrinError(f"The template {template} is wrong: {error}", kept="Nothing was written.") from error
        return Rendered(text=text, cited=tuple(asked.ledger.cited))

    def _environment(self, form: str, zone: tzinfo | None) -> "Environment":
        from jinja2 import FileSystemLoader, StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment

        key = f"{form} {zone}"
        if key not in self._environments:
            environment = SandboxedEnvironment(
                loader=FileSystemLoader(self._folder),
                undefined=StrictUndefined,
                finalize=_WRITTEN.get(form, str),
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
            )
            environment.filters.update(_filters(zone))
            self._environments[key] = environment
        return self._environments[key]


def _filters(zone: tzinfo | None) -> dict[str, Callable[..., object]]:
    def starts(interval: str) -> datetime | None:
        return figures.starts(interval, zone)

    def named(write: Callable[[date], str]) -> Callable[[date | str | None], str]:
        def written(moment: date | str | None) -> str:
            found = figures.starts(moment, zone) if isinstance(moment, str) else moment
            return write(found) if found else figures.ABSENT

        return written

    return {
        "percent": lambda value: figures.percent(value) if isinstance(value, int | float) else figures.ABSENT,
        "hours": lambda value: figures.span(value) if isinstance(value, int | float) else figures.ABSENT,
        "clock": lambda value: figures.clock(value, zone) if isinstance(value, str) else figures.ABSENT,
        "day": named(figures.day),
        "short_day": named(figures.short_day),
        "starts": starts,
        "plural": lambda value, one, many: one if value == 1 else many,
        "mermaid": lambda text: Safe(mermaid.label(str(text))),
        "severity_sign": lambda text: SIGNS.get(Severity(text), "·") if text in list(Severity) else "·",
    }


def _markdown(value: object) -> str:
    if isinstance(value, Safe | _Said):
        return str(value)
    return inline(value) if isinstance(value, str) else str(value)


def _json(value: object) -> str:
    if isinstance(value, Safe):
        return str(value)
    if isinstance(value, _Said):
        value = value.value
    if isinstance(value, float) and not math.isfinite(value):
        value = None
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=False)


def _yaml(value: object) -> str:
    import yaml

    if isinstance(value, _Said):
        value = value.value
    if not isinstance(value, str):
        return _json(value)
    text = value.encode("utf-8", "replace").decode()
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=math.inf)).rstrip("\n")


_WRITTEN: dict[str, Callable[[object], str]] = {"md": _markdown, "json": _json, "yaml": _yaml}


def _finished(form: str, text: str, asked: _Page) -> str:
    if form == "json":
        return text if asked.verbatim else _indented(text)
    if form != "md":
        return text
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip()
    return f"{body}\n\n## Sources\n\n{_sources(asked.ledger)}\n"


def _indented(text: str) -> str:
    if not text.strip():
        return ""
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


def _sources(ledger: _Ledger) -> str:
    if not ledger.cited:
        return "_This page states no figures._"
    shown = zip(ledger.cited, ledger.shown, strict=True)
    return "\n".join(_source_line(number, fact, text) for number, (fact, text) in enumerate(shown, 1))


def _source_line(number: int, fact: Fact, shown: str) -> str:
    unit = "" if fact.unit in figures.SPOKEN or not isinstance(fact.value, int | float) else fact.unit
    stated = f"{shown} {unit.removesuffix('s') if fact.value == 1 else unit}".rstrip()
    return f"- [f{number}] {inline(fact.label)}: {inline(stated)} — {_places(fact.sources)}"


def _places(sources: Sequence[Source]) -> str:
    if not sources:
        return "worked out; no file to point to"
    shown = ", ".join(inline(one_line(str(source))) for source in sources[:MOST_SOURCES])
    left = len(sources) - MOST_SOURCES
    return f"{shown} and {left} more" if left > 0 else shown
