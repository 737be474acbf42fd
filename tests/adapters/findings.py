"""Findings of every skill, as the skills' table names them; one title stands wherever a person would write one."""

from orin_agents.domain.facts import Fact, Finding, Remark, Severity, Source, Value

HIGH = 2
"""How many numbered facts of each kind there are."""

SINGLE: dict[str, dict[str, tuple[Value, str]]] = {
    "okr": {"okr.score": (0.4167, "ratio"), "okr.confidence": (0.5, "ratio"), "okr.elapsed": (0.63, "ratio")},
    "drift": {
        "drift.total": (0.3125, "ratio"),
        "drift.last_week": (0.12, "ratio"),
        "drift.minutes": (615, "minutes"),
        "drift.unassigned": (45, "minutes"),
    },
    "agenda": {"agenda.due_today": (1, "tasks"), "agenda.undated": (2, "tasks")},
    "alignment": {"alignment.misaligned": (2, "tasks"), "alignment.scope_creep": (2, "tasks")},
    "dependencies": {"critical.minutes": (210, "minutes"), "dependencies.unknown": (2, "tasks")},
    "timeblocks": {"timeblocks.planned_minutes": (270, "minutes"), "timeblocks.free_minutes": (360, "minutes")},
    "calibration": {
        "calibration.ratio": (1.35, "ratio"),
        "calibration.samples": (12, "tasks"),
        "calibration.spread": (0.2, "ratio"),
    },
    "feasibility": {
        "feasibility.free_hours": (22.5, "hours"),
        "feasibility.planned_hours": (27.0, "hours"),
        "feasibility.load": (1.2, "ratio"),
        "feasibility.unestimated": (3, "tasks"),
    },
    "progress": {
        "progress.done_yesterday": (2, "tasks"),
        "progress.done_today": (0, "tasks"),
        "progress.open": (11, "tasks"),
        "progress.overdue": (2, "tasks"),
        "planned.done": (0.5, "ratio"),
    },
    "risks": {
        **{f"matrix.{band}": (1, "risks") for band in ("low", "medium", "high", "critical")},
        **{f"cell.{p}.{i}": (1 if p == i else 0, "risks") for p in range(1, 6) for i in range(1, 6)},
        "risks.unmitigated": (1, "risks"),
    },
    "checklist": {
        "checklist.passed": (3, "rules"),
        "checklist.failed": (2, "rules"),
        "checklist.score": (0.6, "ratio"),
    },
    "summary": {"summary.documents": (8, "documents"), "summary.words": (900, "words")},
    "tags": {"tags.total": (6, "tags")},
    "zettel": {"zettel.notes": (8, "notes"), "zettel.links": (9, "links")},
    "premises": {"premises.total": (2, "premises")},
    "codemap": {
        "codemap.modules": (2, "modules"),
        "codemap.functions": (7, "functions"),
        "codemap.lines": (90, "lines"),
    },
    "anomalies": {"anomalies.checked": (14, "series")},
    "health": {
        "health.ok": (9, "checks"),
        "health.warnings": (1, "checks"),
        "health.problems": (2, "checks"),
        "health.failed_runs": (0, "runs"),
    },
    "catalogue": {"catalogue.total": (31, "artifacts"), "catalogue.changed_today": (4, "artifacts")},
}
INTERVALS = (
    "2026-11-21T09:00:00+01:00/2026-11-21T10:30:00+01:00",
    "2026-11-21T11:00:00+01:00/2026-11-21T12:00:00+01:00",
)
NUMBERED: dict[str, dict[str, tuple[Value, str, dict[str, tuple[Value, str]]]]] = {
    "okr": {
        "objective": (0.35, "ratio", {"weight": (0.5, "ratio"), "confidence": (0.6, "ratio")}),
        "key_result": (0.25, "ratio", {"current": (5.0, ""), "counted": (8.0, "")}),
    },
    "drift": {"share": (0.6, "ratio", {"weight": (0.5, "ratio")})},
    "initiatives": {"initiative": (3.5, "", {"objective": ("O1", ""), "size": (5.0, "")})},
    "alignment": {"misalignment": ("no objective", "", {}), "scope_creep": ("TITLE", "", {})},
    "dependencies": {
        "order": ("t1", "", {}),
        "cycle": ("TITLE → b → TITLE", "", {}),
        "critical": (90, "minutes", {}),
        "blocked": ("t1, t2", "", {}),
        "unknown": ("t99", "", {}),
    },
    "timeblocks": {
        "block": ("INTERVAL", "interval", {"task": ("t1", ""), "energy": ("high", "")}),
        "busy": ("INTERVAL", "interval", {}),
        "unplaced": ("needs 240 minutes in one piece; the longest gap has 90", "", {}),
    },
    "calibration": {"calibration": (1.2, "ratio", {})},
    "feasibility": {"day": (4.5, "hours", {"planned": (6.0, "hours")})},
    "progress": {"overdue": ("2026-11-18", "date", {}), "forgotten": (19, "days", {}), "top": ("due TITLE", "", {})},
    "risks": {
        "risk": (20, "", {"band": ("critical", ""), "mitigation": ("TITLE", "")}),
        "review_due": ("2026-11-20", "date", {}),
    },
    "checklist": {"failure": ("raw_notes/hall.md", "", {"severity": ("high", "")})},
    "summary": {"sentence": ("TITLE", "", {})},
    "keyphrases": {"phrase": (4.2, "", {})},
    "tags": {"tag": (3, "notes", {}), "untagged": ("TITLE, b", "", {})},
    "zettel": {
        "zettel": ("202611210930", "", {}),
        "link": (0.41, "ratio", {}),
        "orphan": (True, "", {}),
        "broken_link": ("TITLE", "", {}),
    },
    "premises": {"premise": ("assume", "", {}), "question": ("TITLE", "", {})},
    "codemap": {
        "module": (3, "functions", {}),
        "function": (12, "lines", {"calls": ("TITLE", "")}),
        "syntax_error": ("TITLE", "", {}),
        "untested": (True, "", {}),
    },
    "anomalies": {"anomaly": (4.7, "", {}), "error": (3, "lines", {})},
    "health": {"check": ("problem", "", {})},
    "catalogue": {"artifact": ("note", "", {"version": (2, ""), "state": ("draft", "")}), "kind": (7, "artifacts", {})},
    "digest": {"headline": ("TITLE", "", {}), "produced": (1, "", {})},
    "seeds": {"seed": ("TITLE", "", {})},
}
DATES = ("2026-11-21", "2026-11-22")
SKILLS = tuple(dict.fromkeys([*SINGLE, *NUMBERED]))


def full(title: str = "Call the hall") -> dict[str, Finding]:
    """Every skill with every fact it can state; `title` stands for whatever a person wrote."""
    return {skill: _finding(skill, title) for skill in SKILLS}


def empty() -> dict[str, Finding]:
    """Every skill with nothing to go by."""
    return {skill: Finding(skill=skill, missing=("plans/okr.json", "task_log.csv")) for skill in SKILLS}


def zero() -> dict[str, Finding]:
    """Every skill on empty input: its counts at zero, and nothing numbered."""
    return {
        skill: Finding(
            skill=skill,
            facts=tuple(
                Fact(id=name, label=name, value=0, unit=unit) for name, (_, unit) in SINGLE.get(skill, {}).items()
            ),
        )
        for skill in SKILLS
    }


def _finding(skill: str, title: str) -> Finding:
    facts = [
        Fact(id=name, label=name, value=value, unit=unit, sources=(_source(1),))
        for name, (value, unit) in SINGLE.get(skill, {}).items()
    ]
    for prefix, (value, unit, parts) in NUMBERED.get(skill, {}).items():
        for number in range(1, HIGH + 1):
            label = DATES[number - 1] if prefix == "day" else title
            name = f"{prefix}.{number}"
            facts.append(_fact(name, label, value, unit, title, number))
            facts.extend(_fact(f"{name}.{part}", label, v, u, title, number) for part, (v, u) in parts.items())
    remark = Remark(text=title, severity=Severity.HIGH, facts=tuple(f.id for f in facts[:2]))
    return Finding(skill=skill, facts=tuple(facts), remarks=(remark,))


def _fact(name: str, label: str, value: Value, unit: str, title: str, number: int) -> Fact:
    if isinstance(value, str):
        value = INTERVALS[number - 1] if value == "INTERVAL" else value.replace("TITLE", title)
    return Fact(id=name, label=label, value=value, unit=unit, sources=(_source(number),))


def _source(line: int) -> Source:
    return Source(path="raw_notes/hall.md", version=2, first_line=line, last_line=line + 1)
