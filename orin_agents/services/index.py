"""The index: passages of all artifacts, found by their words and by their meaning.

What is in it comes from the newest versions and can be thrown away at any time.
"""

import logging
from concurrent.futures import Future
from dataclasses import dataclass, replace

from orin_agents.domain.actors import Actor
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.errors import Invalid, OrinError
from orin_agents.domain.globs import matches
from orin_agents.domain.operations.index import Found, SearchPassages
from orin_agents.domain.operations.operation import Nothing
from orin_agents.domain.passages import Candidate, IndexState, Passage
from orin_agents.services.indexing import Indexing
from orin_agents.services.ports import Vectors
from orin_agents.services.projects import known_project
from orin_agents.services.store import Store
from orin_agents.skills.fusion import by_agent, distinct, fused
from orin_agents.skills.queries import Query, prepared

log = logging.getLogger(__name__)

EVERYTHING = ("**",)
SECOND_HAND = 0.5
"""What a passage of an agent's page counts beside a person's: it mostly says again what stands in notes."""
FEW = 20
"""Files that a search waits for when they are not in the index yet."""
PATIENCE = 3.0
"""Seconds that it waits at most."""
POOL = 60
"""Passages that each way of searching brings in."""
MOST_FOUND = 100
RANKED = 4000
"""Passages that are ranked by words at most: of a question's words the rarest count, which tell the most and cost the
least."""
WEIGHTS = (1.0, 0.5)
"""What the ranking by words counts, and what that by meaning."""
K = 10
"""The constant of fusion: with two rankings, of which one is the better, the first places have to tell more than with
the usual 60. Like the weights it was chosen on the questions of tests/data/retrieval that are not held out."""


@dataclass(frozen=True, slots=True)
class Index:
    """The index service. A search waits at most `patience` seconds for what changed just now."""

    store: Store
    vectors: Vectors
    indexing: Indexing
    patience: float = PATIENCE

    def search(
        self, project: str, query: str, reads: tuple[str, ...] = EVERYTHING, most: int = 10
    ) -> tuple[Passage, ...]:
        """The passages that answer the query best, at most so many, of the paths that the globs `reads` name.

        Of every project when none is named. Call it from a worker thread: it may wait for a moment.
        """
        self._catch_up(project)
        asked, within = prepared(query), None
        if reads != EVERYTHING:
            readable = self.store.passages.readable(project)
            within = frozenset(artifact for artifact, path in readable if matches(path, reads))
        by_words = self.by_words(project, asked, within)
        return _best((by_words, self.by_meaning(project, asked, within)), most)

    def by_words(self, project: str, query: Query, within: frozenset[int] | None = None) -> tuple[Candidate, ...]:
        """The passages that share the question's words, the best first; of those artifacts alone, unless None."""
        rows = self.store.passages
        terms = rows.rare(query.words, RANKED)
        return rows.matching((*query.phrases, *terms), project, within, POOL)

    def by_meaning(self, project: str, query: Query, within: frozenset[int] | None = None) -> tuple[Candidate, ...]:
        """The passages near in meaning, the nearest first; none while that cannot be said."""
        if self.indexing.trouble:
            return ()
        projects = [project] if project else [one.id for one in self.store.projects.all()]
        try:
            keys = self.vectors.nearest(projects, query.text, POOL if within is None else POOL * 4)
        except OrinError as error:
            self.indexing.trouble = error.what
            log.warning("a search goes on by words alone: %s %s", error.what, error.remedy)
            return ()
        places = {key: place for place, key in enumerate(keys)}
        found = self.store.passages.keyed(keys, project, within)
        return tuple(sorted(found, key=lambda one: places[one.key])[:POOL])

    def _catch_up(self, project: str) -> None:
        """Wait a moment for the few files that changed just now, and for what finds by meaning to be opened."""
        waiting: list[Future[None]] = []
        if pending := self.indexing.pending(project):
            taken_in = self.indexing.refresh(project)
            waiting += [taken_in] if pending <= FEW else []
        if not self.indexing.in_use:
            waiting.append(self.indexing.use())
        elif self.indexing.trouble:
            self.indexing.use()  # for the next search
        for future in waiting:
            try:
                future.result(self.patience)
            except TimeoutError:
                log.info("a search goes on without what is being indexed")

    def found(self, actor: Actor, request: SearchPassages) -> Found:
        """What a search finds, and what it could not look at. Raises NotFound, Invalid."""
        if request.project:
            known_project(self.store, request.project)
        if not request.query.strip():
            raise Invalid("There is nothing to search for.", remedy='`orin search "the words you look for"`')
        if not 1 <= request.most <= MOST_FOUND:
            raise Invalid(f"A search gives 1 to {MOST_FOUND} passages.", remedy="Ask for fewer.")
        passages = self.search(request.project, request.query, most=request.most)
        notes = []
        if self.indexing.trouble:
            notes.append(f"Found by words alone: {self.indexing.trouble}")
        elif self.indexing.behind:
            notes.append("What finds by meaning is being made; until then words count for more.")
        if pending := self.indexing.pending(request.project):
            notes.append(f"Not in the index yet: {pending} files.")
        return Found(passages=passages, notes=tuple(notes))

    def state(self, actor: Actor, request: Nothing) -> IndexState:
        """How the index stands."""
        rows = self.store.passages
        passages, files = rows.count()
        embedding, embedded, trouble = "", 0, self.indexing.trouble
        if self.indexing.in_use and not trouble:
            try:
                embedding = self.vectors.embedding()
                embedded = sum(len(self.vectors.keys(project.id)) for project in self.store.projects.all())
            except OrinError as error:
                trouble = error.what
        return IndexState(
            passages=passages,
            files=files,
            pending=self.indexing.pending(),
            embedding=embedding,
            embedded=embedded,
            left_out=rows.notes(),
            problems=(f"Nothing is found by meaning: {trouble}",) if trouble else (),
        )

    def rebuild(self, actor: Actor, request: Nothing) -> IndexState:
        """Throw the index away and make it anew; how it stands once words are found again."""
        self.indexing.rebuild().result()
        return self.state(actor, request)

    def check_index(self) -> tuple[CheckLine, ...]:
        """For the doctor: whether the index is complete, and what it could not read."""
        rows = self.store.passages
        passages, files = rows.count()
        pending, unread = self.indexing.pending(), rows.notes()
        said = f"{passages} passages of {files} files" + (f", {pending} files to come" if pending else "")
        lines = [_line(Verdict.OK, said)]
        if self.indexing.trouble:
            remedy = "`orin index rebuild` makes it anew."
            lines.append(_line(Verdict.WARNING, f"nothing is found by meaning: {self.indexing.trouble}", remedy))
        if unread:
            more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
            lines.append(_line(Verdict.WARNING, f"not read: {unread[0]}{more}", "`orin index status` names them all."))
        return tuple(lines)


def _best(rankings: tuple[tuple[Candidate, ...], ...], most: int) -> tuple[Passage, ...]:
    """The rankings as one, without repetitions."""
    places: dict[str, dict[tuple[str, str], Candidate]] = {}
    for one in (one for ranking in rankings for one in ranking):
        places.setdefault(one.key, {})[one.passage.project, one.passage.id] = one
    ranking = fused([[one.key for one in ranking] for ranking in rankings], WEIGHTS, K)
    scores = dict(ranking)
    kept = distinct(one for key, _ in ranking for one in places[key].values())
    found = [replace(one.passage, score=scores[one.key] * (SECOND_HAND if by_agent(one) else 1.0)) for one in kept]
    return tuple(sorted(found, key=lambda passage: -passage.score)[:most])


def _line(verdict: Verdict, seen: str, remedy: str = "") -> CheckLine:
    return CheckLine(area="workspace", name="index", verdict=verdict, seen=seen, remedy=remedy)
