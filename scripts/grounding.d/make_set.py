"""Makes the labelled sets: `make_set.py [NAME…]` writes tests/data/grounding/NAME.jsonl and the evidence of its desks.

A set is made of sentences written by hand (NAME.txt) and, if it has a seed, of sentences made by rule (phrases.py,
plant.py) over real facts. Half of it is true; each of the others has one error, whose kind and place stand beside it.
The same seed gives the same set.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import plant  # noqa: E402 the folder of the repository has to be known first
from evidence import case_file, gather, notes  # noqa: E402
from phrases import FACTS, PASSAGES, Phrase  # noqa: E402

from orin_agents.domain.claims import Evidence  # noqa: E402
from orin_agents.domain.facts import Fact  # noqa: E402
from orin_agents.domain.figures import MONTHS, day, figure, percent  # noqa: E402
from orin_agents.skills.prose import plain  # noqa: E402

DATA = ROOT / "tests" / "data"
OUT = DATA / "grounding"
BERLIN = ZoneInfo("Europe/Berlin")
PLANNING = ("timeblocks", "feasibility", "progress")
NOTES = ("summary", "keyphrases", "tags", "zettel", "premises", "catalogue")
EVERYTHING = (
    *("okr", "drift", "initiatives", "alignment", "dependencies", "calibration", "risks", "checklist", "codemap"),
    *PLANNING,
    *NOTES,
)
FIFTH = (
    ("rust-vision-doc.md", "cargo-script.md", "pubgrub-in-cargo.md", "open-namespaces.md", "spec-fls-publish.md"),
    ("build-std.md", "ergonomic-rc.md", "simd-multiversioning.md", "seamless-rust-cpp.md"),
)
CREW = "Strategist, Secretary, Archivist and Critic write for Ada."
SEEDS = {"development": 20_261_118, "held-out": 4_711, "third": 90_210, "fourth": 1_312}
MADE = {"development": 110, "held-out": 150, "third": 150, "fourth": 150}
"""How many sentences by rule, each once true and once false, beside those that level the halves."""


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence, whether it is true, and if not the kind and place of the error in it."""

    desk: str
    text: str
    true: bool
    kind: str
    start: int
    end: int
    made: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence of a true span between two texts, and what stands in its place when it is false."""

    kind: str
    before: str
    right: str
    wrong: str
    behind: str

    def row(self, desk: str, made: str, *, true: bool) -> Row:
        """The sentence as it is told."""
        said = self.right if true else self.wrong
        start = len(self.before)
        return Row(desk, f"{self.before}{said}{self.behind}", true, self.kind, start, start + len(said), made)


def desks() -> dict[str, dict[str, Evidence]]:
    """For each set the evidence it is about."""
    goals, demo = DATA / "rust-goals-2025h1", DATA / "obsidian-tasks-demo"
    wednesday = datetime(2026, 11, 18, 8, 30, tzinfo=BERLIN)
    winter, spring, monday = (
        datetime(2025, 1, 14, 8, 30, tzinfo=BERLIN),
        datetime(2025, 3, 6, 7, 50, tzinfo=BERLIN),
        datetime(2027, 3, 1, 9, 10, tzinfo=BERLIN),
    )
    friday = datetime(2026, 6, 12, 8, 0, tzinfo=BERLIN)
    thursday, may = datetime(2026, 10, 8, 8, 45, tzinfo=BERLIN), datetime(2025, 5, 20, 8, 15, tzinfo=BERLIN)
    february = datetime(2025, 2, 17, 9, 0, tzinfo=BERLIN)
    april = datetime(2023, 4, 26, 8, 0, tzinfo=BERLIN)
    repair = ROOT / "casefiles" / "repair-day"
    texts = (CREW,)

    def pages(now: datetime, *names: str, folder: Path = goals) -> Evidence:
        return gather(now, notes(folder, names), (*PLANNING, *NOTES), ("ada", "Ada"), texts)

    first = ("async.md", "rfl.md", "all-hands.md", "Polonius.md", "formality.md")
    second = ("std-contracts.md", "unsafe-fields.md", "eii.md", "arm-sve-sme.md", "cargo-semver-checks.md")
    fourth = tuple(path.name for path in sorted((OUT / "goals-d").glob("*.md")))
    lists = [path.relative_to(demo).as_posix() for path in sorted(demo.rglob("*.md"))]
    return {
        "development": {
            "repair-day": gather(wednesday, case_file(repair, wednesday), EVERYTHING, ("ada", "Ada"), texts),
            "goals-a": pages(winter, *first),
        },
        "held-out": {
            "goals-b": pages(spring, *second),
            "lists": gather(april, notes(demo, lists), (*PLANNING, *NOTES), ("ada", "Ada"), texts),
        },
        "third": {
            "repair-spring": gather(monday, case_file(repair, monday), EVERYTHING, ("ada", "Ada"), texts),
            "goals-c": pages(spring, "GPU-Offload.md", "README.md", "Polonius.md", "rfl.md"),
        },
        "fourth": {
            "repair-june": gather(friday, case_file(repair, friday), EVERYTHING, ("ada", "Ada"), texts),
            "goals-d": gather(spring, notes(OUT / "goals-d", fourth), (*PLANNING, *NOTES), ("ada", "Ada"), texts),
        },
        "fifth": {
            "repair-october": gather(thursday, case_file(repair, thursday), EVERYTHING, ("ada", "Ada"), texts),
            "goals-e": pages(may, *FIFTH[0], folder=DATA / "retrieval" / "goals"),
            "goals-f": pages(february, *FIFTH[1], folder=DATA / "retrieval" / "goals"),
        },
    }


def rows(name: str, evidence: dict[str, Evidence]) -> list[Row]:
    """The set: by hand first, then by rule if it has a seed, with as many false sentences as true ones."""
    found = list(by_hand(OUT / f"{name}.txt"))
    if name not in SEEDS:
        return found
    random = Random(SEEDS[name])
    lacking = sum(row.true for row in found) - sum(not row.true for row in found)
    made = {(desk, planted) for desk, facts in evidence.items() for planted in by_rule(name, facts, random)}
    chosen = sorted(made, key=lambda entry: (entry[0], entry[1].before, entry[1].right, entry[1].wrong))
    random.shuffle(chosen)
    chosen = _spread(chosen)[: MADE[name] + lacking]
    for at, (desk, planted) in enumerate(chosen):
        if at >= lacking:
            found.append(planted.row(desk, "rule", true=True))
        found.append(planted.row(desk, "rule", true=False))
    return found


def by_hand(path: Path) -> Iterator[Row]:
    """The sentences of a file: `kind, kind | text {right|wrong} text`, below `@ desk`."""
    desk = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            desk = line[1:].strip()
        elif line.strip() and not line.startswith("#"):
            kinds, _, text = line.partition(" | ")
            spans = list(re.finditer(r"\{([^{}|]*)\|([^{}]*)\}", text))
            right = re.sub(r"\{([^{}|]*)\|[^{}]*\}", r"\1", text)
            yield Row(desk, right, True, kinds.split(",")[0].strip(), 0, 0, "hand")
            for span, kind in zip(spans, kinds.split(","), strict=False):
                before = re.sub(r"\{([^{}|]*)\|[^{}]*\}", r"\1", text[: span.start()])
                behind = re.sub(r"\{([^{}|]*)\|[^{}]*\}", r"\1", text[span.end() :])
                yield Planted(kind.strip(), before, span[1], span[2], behind).row(desk, "hand", true=False)


def by_rule(name: str, evidence: Evidence, random: Random) -> Iterator[Planted]:
    """Sentences around facts, and around pieces of passages."""
    for phrase in FACTS[name]:
        for fact in evidence.facts:
            if (
                re.fullmatch(phrase.facts, fact.id)
                and "`" not in fact.label
                and (made := told(phrase, fact, evidence, random))
            ):
                yield made
    phrases = PASSAGES[name]
    for kind, piece in pieces(evidence):
        wrong, sort = _wrong(kind, piece, random), "name" if kind in ("handle", "code") else kind
        before, behind = random.choice(phrases[kind]).split("{0}")
        if kind == "number":
            match = random.choice(list(_NUMBER.finditer(piece)))
            before, behind = before + piece[: match.start()], piece[match.end() :] + behind
            piece = match.group()
            wrong = f"{plant.number(float(piece), random):g}"
        yield Planted("link" if sort == "wiki" else sort, before, piece, wrong, behind)


_NUMBER = re.compile(r"(?<![\w.,#/:@=-])(?!(?:19|20)\d\d\b)\d{1,4}(?:\.\d+)?(?![\w.:/-]|,\d)")


def pieces(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Links, quotes, handles, code and sentences with a number out of the passages, each once."""
    seen: set[tuple[str, str]] = set()
    for passage in evidence.passages:
        text = passage.text
        found = [("link", match.group().rstrip(".,)>")) for match in re.finditer(r"https?://[^\s)\]>]+", text)]
        found += [("handle", match.group()) for match in re.finditer(r"(?<![\w/])@[a-z][\w-]{3,}", text)]
        found += [("code", match[1]) for match in re.finditer(r"(?<!`)`([A-Za-z_.-][\w.=-]{3,30})`(?!`)", text)]
        found += [("wiki", match[1]) for match in re.finditer(r"\[\[([^\]|#]{4,60})\]\]", text)]
        for sentence in re.split(r"(?<=[.!?])\s+", plain(text)):
            words = sentence.split()
            if 6 <= len(words) <= 24 and "|" not in sentence and '"' not in sentence and sentence[0].isupper():
                found.append(("quote", " ".join(words[:12]).rstrip(".,;:")))
                if _NUMBER.search(sentence) and not sentence.startswith("#"):
                    found.append(("number", sentence))
        for entry in found:
            if entry not in seen:
                seen.add(entry)
                yield entry


def _wrong(kind: str, piece: str, random: Random) -> str:
    if kind in ("link", "wiki"):
        return plant.link(piece, random)
    if kind == "quote":
        return plant.quote(piece, random)
    return plant.name(piece, random) if kind in ("handle", "code") else piece


def told(phrase: Phrase, fact: Fact, evidence: Evidence, random: Random) -> Planted | None:
    """The phrase about the fact, if it has what the phrase needs."""
    values = _fields(fact, evidence, random)
    slots = re.findall(r"\{(\w+)\}", phrase.text)
    planted = [slot for slot in slots if isinstance(values.get(slot), tuple)]
    if len(planted) != 1 or any(slot not in values for slot in slots):
        return None
    before, behind = phrase.text.split(f"{{{planted[0]}}}")
    plain_ = {slot: text for slot, text in values.items() if isinstance(text, str)}
    right, wrong = values[planted[0]]
    if right == wrong:
        return None
    return Planted(phrase.kind, before.format(**plain_), right, wrong, behind.format(**plain_))


def _fields(fact: Fact, evidence: Evidence, random: Random) -> dict[str, str | tuple[str, str]]:
    """What a phrase may say of the fact: a text, or a pair of the true one and a wrong one."""
    zone, value, unit = evidence.now.tzinfo, fact.value, fact.unit
    found: dict[str, str | tuple[str, str]] = {"label": fact.label, "part": fact.id.split(".")[-1]}
    if re.fullmatch(r"\d{4}-\d\d-\d\d", fact.label):
        labelled = datetime.fromisoformat(fact.label).date()
        found["day"] = (_said(labelled, random), _said(plant.day(labelled, random), random))
        found["when"] = _said(labelled, random)
        found["figure"] = figure(value, unit, zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        wrong = plant.number(value, random) if value else 3.0
        found |= {
            "count": (f"{value:g}", f"{wrong:g}"),
            "count_": f"{value:g}",
            "hours": (f"{round(value, 1):g}", f"{plant.number(round(value, 1), random) if value else 3:g}"),
            "percent": (percent(value), f"{plant.number(round(value * 100), random) if value else 3:g} %"),
            "counted": (f"{figure(value, unit, zone)}", figure(wrong, unit, zone)),
            "days": ("days", "weeks"),
        }
        if unit in plant.UNITS and value > 1 and unit not in ("hours", "minutes"):
            found["united"] = (f"{value:g} {unit}", f"{value:g} {plant.unit(unit, random)}")
        if unit in ("hours", "minutes") and value > 1:
            found["united"] = (f"{value:g} {unit}", f"{value:g} {plant.unit(unit, random)}")
    if isinstance(value, str):
        found |= _of_text(fact, value, evidence, random)
    if " " not in fact.label and len(fact.label) > 3:
        found["name"] = (fact.label, plant.name(fact.label, random))
    return found


def _of_text(fact: Fact, value: str, evidence: Evidence, random: Random) -> dict[str, str | tuple[str, str]]:
    found: dict[str, str | tuple[str, str]] = {}
    if fact.unit == "interval":
        start, end = (datetime.fromisoformat(part).astimezone(evidence.now.tzinfo) for part in value.split("/"))
        for field, moment in (("clock", start), ("until", end)):
            minute = moment.hour * 60 + moment.minute
            wrong = plant.clock(minute, random)
            found[field] = (f"{moment:%H:%M}", f"{wrong // 60:02}:{wrong % 60:02}")
        minutes = (end - start) // timedelta(minutes=1)
        found["minutes"] = (str(minutes), f"{plant.number(minutes, random):g}")
    elif fact.unit == "date":
        moment = datetime.fromisoformat(value).date()
        found["day"] = (_said(moment, random), _said(plant.day(moment, random), random))
    else:
        quoted = fact.label if fact.id.startswith("premise") else value
        words = plain(quoted).split()
        if len(words) >= 6 and not set('"“”«»') & set(quoted):
            text = " ".join(words[:14]).rstrip(".,;:?!")
            found["quote"] = (text, plant.quote(text, random))
        first = value.split(",")[0]
        if fact.id.startswith("untagged") and len(first) > 4 and first.isalpha():
            found["first"] = (f"`{first}`", f"`{plant.name(first, random)}`")
    return found


def _said(moment: datetime | object, random: Random) -> str:
    """A day in one of the ways people write it."""
    from datetime import date

    assert isinstance(moment, date)
    month = MONTHS[moment.month - 1]
    ways = (
        day(moment),
        f"{moment.day} {month}",
        f"{month} {moment.day}",
        f"{moment:%Y-%m-%d}",
        f"{month[:3]} {moment.day}, {moment.year}",
    )
    return random.choice(ways)


def _spread(entries: list[tuple[str, Planted]]) -> list[tuple[str, Planted]]:
    """The entries so that kinds take turns, each in its order."""
    by_kind: dict[str, list[tuple[str, Planted]]] = {}
    for entry in entries:
        by_kind.setdefault(entry[1].kind, []).append(entry)
    turns = []
    while any(by_kind.values()):
        turns += [waiting.pop(0) for waiting in by_kind.values() if waiting]
    return turns


def saved(evidence: Evidence) -> str:
    """The evidence as JSON; sources as the paths alone, for no claim rests on their lines."""
    facts = [
        {"id": f.id, "label": f.label, "value": f.value, "unit": f.unit, "paths": sorted({s.path for s in f.sources})}
        for f in evidence.facts
    ]
    passages = [asdict(passage) for passage in evidence.passages]
    whole = {"now": evidence.now.isoformat(), "facts": facts, "passages": passages, "texts": evidence.texts}
    return json.dumps(whole, ensure_ascii=False, indent=0) + "\n"


def main(names: list[str]) -> int:
    """Write the sets named, or all."""
    known = desks()
    for name in names or known:
        for desk, evidence in known[name].items():
            (OUT / f"{desk}.json").write_text(saved(evidence), encoding="utf-8")
        lines = [json.dumps(asdict(row), ensure_ascii=False) for row in rows(name, known[name])]
        (OUT / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(lines)} sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
