"""Files what a turn leaves behind: renders its outputs, asks the policy, saves a draft or parks a proposal."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from orin_agents.domain.actors import Actor, ActorKind, agent
from orin_agents.domain.approvals import ApprovalState
from orin_agents.domain.artifacts import Origin
from orin_agents.domain.calendar import Event
from orin_agents.domain.errors import Conflict, OrinError
from orin_agents.domain.facts import Fact
from orin_agents.domain.pages import Narrative, Page, Rendered
from orin_agents.domain.plans import Plan
from orin_agents.domain.routines import Output
from orin_agents.domain.runs import Filed
from orin_agents.services.approvals import Approvals, Proposal
from orin_agents.services.artifacts import Artifacts
from orin_agents.services.case_file import digest
from orin_agents.services.policy import Verdict, decide_write
from orin_agents.services.ports import Calendars, Templates
from orin_agents.services.store import Store
from orin_agents.skills.flow import Turn


@dataclass(frozen=True, slots=True)
class Filing:
    """Files outputs; under the key `run:turn:path` each is filed once."""

    store: Store
    artifacts: Artifacts
    approvals: Approvals
    templates: Templates
    calendars: Calendars

    def file(self, plan: Plan, turn: Turn, output: Output, page: Page, narrative: Narrative) -> list[Filed]:
        """Save the output as a draft, or park it as a proposal; nothing when the page comes out empty.

        Raises OrinError with the reason when the policy refuses the path.
        """
        if plan.fills and not (output.narrative and narrative.paragraphs):
            return []
        crew = plan.agents[turn.step.agent]
        rendered = self._render(output, replace(page, narrative=narrative if output.narrative else None))
        if not rendered.text.strip():
            return []
        path = placed(output.path, page.now)
        decision = decide_write(
            crew, self.artifacts.case_file.root(plan.project), path, self.artifacts.case_file.folder
        )
        if decision.verdict is Verdict.REFUSE:
            raise OrinError(decision.reason)
        origin = Origin(
            run=plan.run,
            step=turn.id,
            routine=plan.routine,
            sources=tuple(sorted({f"{s.path}@{s.version}" for f in rendered.cited for s in f.sources if s.version})),
            facts=rendered.cited,
            model=narrative.model if output.narrative else "",
        )
        key = f"{plan.run}:{turn.id}:{path}"
        data = rendered.text.encode()
        if self.store.artifacts.keyed(key):  # saved before a crash
            return self._save(plan, turn, output, decision.path, data, origin, key)
        reason = "" if decision.verdict is Verdict.ALLOW else decision.reason
        if output.propose:
            reason = grounds(page, rendered) or turn.step.does
        if plan.fills:
            reason = reason or self._changed_since(plan, decision.path)
        if reason := reason or self._edited_by_hand(plan, decision.path, page.now):
            return self._propose(Proposal(plan.project, crew.id, decision.path, data, reason, origin), key)
        return self._save(plan, turn, output, decision.path, data, origin, key)

    def _save(
        self, plan: Plan, turn: Turn, output: Output, path: str, data: bytes, origin: Origin, key: str
    ) -> list[Filed]:
        saved = self.artifacts.put(agent(turn.step.agent), plan.project, path, data, origin, kind=output.kind, key=key)
        return [Filed(path=saved.artifact.path, version=saved.version, unchanged=saved.unchanged)]

    def _propose(self, proposal: Proposal, key: str) -> list[Filed]:
        standing = self.store.artifacts.find(proposal.project, proposal.path)
        if standing and not standing.removed and standing.sha256 == digest(proposal.data):
            return []
        approval = self.approvals.ask(proposal, key)
        if approval.state is ApprovalState.REJECTED:  # turned down before, and nothing has changed since
            return []
        return [Filed(path=proposal.path, approval=approval.id)]

    def _edited_by_hand(self, plan: Plan, path: str, now: datetime) -> str:
        """Why an agent has to ask before it replaces what stands there: it is a person's, or edited by one today."""
        standing = self.store.artifacts.find(plan.project, path)
        if standing is None or standing.removed:
            return ""
        newest = self.store.artifacts.versions(standing.id)[-1]
        if Actor.parse(newest.author).kind is not ActorKind.PERSON:
            return ""
        name = Actor.parse(newest.author).name
        if Actor.parse(standing.owner).kind is ActorKind.PERSON:
            return f"{path} is {name}'s."
        if newest.at.astimezone(now.tzinfo).date() == now.date():
            return f"{name} edited {path} today."
        return ""

    def _changed_since(self, plan: Plan, path: str) -> str:
        """Why words that are filled in have to be asked for: a person changed the page since.

        Raises Conflict when the page has been written anew or removed: the words would be about the facts of before.
        """
        standing = self.store.artifacts.find(plan.project, path)
        if standing is None or standing.removed:
            raise Conflict(f"{path} was removed since; it is left as it is.")
        newest = self.store.artifacts.versions(standing.id)[-1]
        if newest.origin.run == plan.fills:
            return ""
        author = Actor.parse(newest.author)
        if author.kind is ActorKind.PERSON:
            return f"{author.name} edited {path} since."
        raise Conflict(f"{path} was written anew since (version {newest.number}); it is left as it is.")

    def _render(self, output: Output, page: Page) -> Rendered:
        if not output.template.endswith(".ics"):
            return self.templates.render(output.template, page)
        blocks = page.findings["timeblocks"].numbered("block") if "timeblocks" in page.findings else ()
        text = self.calendars.write(page.routine, [occurrence(fact) for fact in blocks]) if blocks else ""
        return Rendered(text=text, cited=blocks)

    def shown(self, outputs: Iterable[Output], page: Page) -> tuple[Fact, ...]:
        """The facts that the pages with a narrative show, in the order of their marks."""
        facts: dict[str, Fact] = {}
        for output in outputs:
            if output.narrative:
                facts |= {fact.id: fact for fact in self._render(output, page).cited}
        return tuple(facts.values())

    def standing_texts(self, project: str, outputs: Iterable[Output]) -> dict[str, str]:
        """The text that stands where a change is proposed, by path, for templates that change a part of it."""
        texts = {}
        for output in outputs:
            standing = self.store.artifacts.find(project, output.path) if output.propose else None
            if standing and not standing.removed and not standing.locked:
                content = self.store.artifacts.content(standing.sha256) or b""
                texts[output.path] = content.decode(errors="replace")
        return texts


def grounds(page: Page, rendered: Rendered) -> str:
    """What speaks for a proposal: the remarks that rest on the facts it states."""
    cited = {fact.id for fact in rendered.cited}
    remarks = (remark for finding in page.findings.values() for remark in finding.remarks)
    return " ".join(dict.fromkeys(remark.text for remark in remarks if not cited.isdisjoint(remark.facts)))


def placed(path: str, now: datetime) -> str:
    """The output's path with its fields filled in: {date} 2026-11-21, {week} 2026-W47, {time} 0730."""
    year, week, _ = now.isocalendar()
    return path.format(date=now.date().isoformat(), week=f"{year}-W{week:02d}", time=now.strftime("%H%M"))


def occurrence(fact: Fact) -> Event:
    """A block of the day plan as an entry of a calendar."""
    start, end = (datetime.fromisoformat(part) for part in str(fact.value).split("/"))
    source = fact.sources[0]
    return Event(title=fact.label, start=start, end=end, source=source)
