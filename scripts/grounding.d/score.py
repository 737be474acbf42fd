"""Scores the grounding check on the labelled sets: `score.py [NAME…] [--misses]`, one table a set.

Caught: of the false sentences of a kind, those in which an unsupported claim overlaps what was planted. False alarms:
of the true sentences of a kind, those with any unsupported claim. A planted name that the evidence has elsewhere is a
swapped subject and scored as one. `--misses` prints each sentence judged wrongly.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from orin_agents.domain.claims import Claim, Evidence  # noqa: E402 the folder of the repository has to be known first
from orin_agents.domain.facts import Fact, Source  # noqa: E402
from orin_agents.domain.passages import Passage  # noqa: E402
from orin_agents.skills.grounding.check import Grounds  # noqa: E402

DATA = ROOT / "tests" / "data" / "grounding"
PLAIN = ("number", "date", "unit", "name", "link", "quote")
LOGIC = ("negation", "subject", "comparison")
LEAST_CAUGHT = 98.0
MOST_ALARMS = 3.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence of a set, its label, and the unsupported claims of it."""

    desk: str
    text: str
    true: bool
    kind: str
    planted: str
    caught: bool
    alarms: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Per kind how many sentences there are, and in how many the check spoke up: rightly in false ones."""

    false: Counter[str]
    caught: Counter[str]
    true: Counter[str]
    alarmed: Counter[str]

    def share_caught(self, kinds: tuple[str, ...]) -> float:
        """Percent of the false sentences of these kinds in which the error is marked."""
        return _percent(self.caught, self.false, kinds)

    def share_alarmed(self, kinds: tuple[str, ...]) -> float:
        """Percent of the true sentences of these kinds in which something is marked."""
        return _percent(self.alarmed, self.true, kinds)


def evidence(desk: str) -> Evidence:
    """The evidence of a desk as make_set.py saved it."""
    found = json.loads((DATA / f"{desk}.json").read_text(encoding="utf-8"))
    facts = tuple(
        Fact(
            **{key: fact[key] for key in ("id", "label", "value", "unit")},
            sources=tuple(Source(path=p) for p in fact["paths"]),
        )
        for fact in found["facts"]
    )
    now = datetime.fromisoformat(found["now"]).astimezone(ZoneInfo("Europe/Berlin"))
    passages = tuple(Passage(**passage) for passage in found["passages"])
    return Evidence(now=now, facts=facts, passages=passages, texts=tuple(found["texts"]))


def judged(name: str) -> Iterator[Judged]:
    """Every sentence of the set, held against the evidence of its desk."""
    grounds: dict[str, Grounds] = {}
    words: dict[str, str] = {}
    for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["desk"] not in grounds:
            grounds[row["desk"]] = Grounds(known := evidence(row["desk"]))
            words[row["desk"]] = _words(known)
        alarms = tuple(claim for claim in grounds[row["desk"]].check(row["text"]) if not claim.supported)
        start, end = row["start"], max(row["end"], row["start"] + 1)
        caught = any(claim.start < end and start < claim.end for claim in alarms)
        planted = row["text"][row["start"] : row["end"]]
        swapped = row["kind"] == "name" and not row["true"] and _stands(planted, words[row["desk"]])
        kind = "subject" if swapped else row["kind"]
        yield Judged(row["desk"], row["text"], row["true"], kind, planted, caught, alarms)


def _words(known: Evidence) -> str:
    """All that the evidence says, as one text."""
    said = [part for fact in known.facts for part in (fact.label, str(fact.value))]
    said += [part for passage in known.passages for part in (passage.heading, passage.text)]
    return "\n".join([*said, *known.texts])


def _stands(name: str, words: str) -> bool:
    """Whether the name stands anywhere there, as whole words, however it is capitalised."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.IGNORECASE) is not None


def score(rows: list[Judged]) -> Score:
    """What came of the sentences, by kind."""
    found = Score(Counter(), Counter(), Counter(), Counter())
    for row in rows:
        if row.true:
            found.true[row.kind] += 1
            found.alarmed[row.kind] += bool(row.alarms)
        else:
            found.false[row.kind] += 1
            found.caught[row.kind] += row.caught
    return found


def table(name: str, found: Score) -> Iterator[str]:
    """The score as lines."""
    whole = sum(found.false.values()) + sum(found.true.values())
    yield f"{name}: {whole} sentences, {sum(found.true.values())} of them true"
    yield f"  {'':<22} {'false':>6} {'caught':>9}   {'true':>6} {'alarms':>9}"
    groups: list[tuple[str, tuple[str, ...]]] = [(kind, (kind,)) for kind in (*PLAIN, "true", *LOGIC)]
    groups += [("plain kinds together", (*PLAIN, "true")), ("logic together", LOGIC), ("all", (*PLAIN, "true", *LOGIC))]
    for title, kinds in groups:
        false, true = sum(found.false[k] for k in kinds), sum(found.true[k] for k in kinds)
        caught = f"{found.share_caught(kinds):.1f} %" if false else "-"
        alarmed = f"{found.share_alarmed(kinds):.1f} %" if true else "-"
        yield f"  {title:<22} {false:>6} {caught:>9}   {true:>6} {alarmed:>9}"


def _percent(part: Counter[str], whole: Counter[str], kinds: tuple[str, ...]) -> float:
    total = sum(whole[kind] for kind in kinds)
    return 100 * sum(part[kind] for kind in kinds) / total if total else 0.0


def main(arguments: list[str]) -> int:
    """Exit code 1 when a set is below a floor."""
    names = [name for name in arguments if not name.startswith("-")]
    below = False
    for name in names or sorted(path.stem for path in DATA.glob("*.jsonl")):
        rows = list(judged(name))
        found = score(rows)
        print("\n".join(table(name, found)))
        for desk in dict.fromkeys(row.desk for row in rows):
            part = score([row for row in rows if row.desk == desk])
            caught, alarmed = part.share_caught(PLAIN), part.share_alarmed((*PLAIN, "true", *LOGIC))
            print(f"  of {desk}: plain kinds {caught:.1f} % caught, {alarmed:.1f} % of all true sentences marked")
        if "--misses" in arguments:
            for row in rows:
                if row.true and row.alarms:
                    print(f"  ALARM  {row.text}\n         {[(c.kind.value, c.text, c.why) for c in row.alarms]}")
                elif not row.true and not row.caught:
                    print(f"  MISSED {row.kind} “{row.planted}”: {row.text}")
        below = (
            below
            or found.share_caught(PLAIN) < LEAST_CAUGHT
            or found.share_alarmed((*PLAIN, "true", *LOGIC)) > MOST_ALARMS
        )
    return int(below)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
