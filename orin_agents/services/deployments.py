"""The deployments of models.yaml: listed, tried out, added, and found on this machine."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orin_agents.domain.actors import SYSTEM, Actor
from orin_agents.domain.checks import CheckLine, Verdict
from orin_agents.domain.deployments import PATH, USUAL_URLS, DeploymentView, FoundServer, Trial
from orin_agents.domain.errors import NotFound, OrinError
from orin_agents.domain.models import ModelsFile, read_models
from orin_agents.domain.operations.models import (
    AddDeployment,
    Deployments,
    SetUp,
    SetUpReport,
    TryDeployments,
)
from orin_agents.domain.operations.operation import Nothing
from orin_agents.services.ports import ModelsText, ModelTrials
from orin_agents.skills.lineup import Proposed, lineup, name_for
from orin_agents.skills.models_text import with_deployment

Found = Callable[[], tuple[FoundServer, ...]]
"""Looks for servers on this machine; takes up to a second."""
SET_UP = "`orin setup` looks for servers on this machine and writes it."


@dataclass(frozen=True, slots=True)
class ModelDeployments:
    """The service of models.yaml. `path` is where the file lies, for a person to read."""

    file: ModelsText
    trials: ModelTrials
    found: Found
    path: str

    def listed(self, actor: Actor, request: Nothing) -> Deployments:
        """The deployments, each with how it last did. A broken file is told, not raised."""
        try:
            text = self.file.text()
            read = read_models(text or "")
        except OrinError as error:
            return Deployments(exists=True, problem=f"{error.what}. {error.remedy}")
        return Deployments(exists=text is not None, deployments=_views(read, self.trials.kept()))

    async def test(self, actor: Actor, request: TryDeployments) -> tuple[Trial, ...]:
        """Try out one deployment, or all that may be asked, one after the other. Raises NotFound, BrokenFile."""
        text = await asyncio.to_thread(self.file.text)
        read = read_models(text or "")
        names = [request.name] if request.name else [name for name in read.deployments if read.allows(name)]
        if not names:
            raise NotFound(f"{PATH} names no deployment that could be tried.", remedy=SET_UP)
        trials = tuple([await self.trials.try_out(name) for name in names])
        await asyncio.to_thread(self.trials.keep, trials)
        return trials

    def add(self, actor: Actor, request: AddDeployment) -> DeploymentView:
        """Write one more deployment; comments stay. Raises Invalid, BrokenFile, Conflict, StorageFailure."""
        before = self.file.text()
        text = before if before is not None else self.file.annotated()
        named = request.name or name_for(request.model, request.server, read_models(text).deployments)
        after = with_deployment(text, named, _keys(request), request.serves)
        self.file.write(after, before)
        read = read_models(after)
        return next(view for view in _views(read, {}) if view.name == named)

    def set_up(self, actor: Actor, request: SetUp) -> SetUpReport:
        """Look for servers; write a new models.yaml, or say what could be added to the one there is (or add it).

        Raises BrokenFile when the one there is cannot be read, Conflict, StorageFailure.
        """
        before = self.file.text()
        text = before if before is not None else self.file.annotated()
        read = read_models(text)
        found = self.found()
        proposed = tuple(one for one in lineup(found, read.deployments) if not _is_there(one, read))
        for one in proposed:
            keys = {"server": one.server.value, "model": one.model}
            keys |= {} if one.url == USUAL_URLS.get(one.server) else {"url": one.url}
            text = with_deployment(text, one.name, keys, one.serves)
        written = before is None or (request.add and bool(proposed))
        if written:
            self.file.write(text, before)
        names = {one.name for one in proposed}
        views = tuple(view for view in _views(read_models(text), {}) if view.name in names)
        return SetUpReport(path=self.path, found=found, proposed=views, written=written)

    def check_models(self) -> tuple[CheckLine, ...]:
        """For the doctor: whether models.yaml can be read, and what it names."""
        listed = self.listed(SYSTEM, Nothing())
        if listed.problem:
            return (_line(Verdict.PROBLEM, listed.problem, "Mend the file; until then nothing has words."),)
        if not listed.exists:
            return (_line(Verdict.OK, f"absent: every page is complete without words. {SET_UP}"),)
        count = len(listed.deployments)
        lines = [_line(Verdict.OK, f"{count} deployment{'' if count == 1 else 's'}")]
        lines += [
            _line(Verdict.WARNING, f"{view.name}: {view.skipped}", f"Mend it in {PATH}.")
            for view in listed.deployments
            if view.skipped
        ]
        lines += [
            _line(Verdict.WARNING, f"{view.name}: {view.trial.problem}", f"Then `orin models test {view.name}`.")
            for view in listed.deployments
            if view.trial and view.trial.problem and not view.skipped
        ]
        return tuple(lines)


def _views(read: ModelsFile, trials: Mapping[str, Trial]) -> tuple[DeploymentView, ...]:
    return tuple(
        DeploymentView(
            name=name,
            server=one.server,
            model=one.model,
            url=one.root,
            serves=read.serving(name),
            window=one.window or 0,
            parallel=one.parallel,
            skipped="" if read.allows(name) else "not on this machine, and cloud is false",
            trial=trials.get(name),
        )
        for name, one in read.deployments.items()
    )


def _keys(request: AddDeployment) -> dict[str, str | int | bool]:
    keys: dict[str, str | int | bool] = {"server": request.server.value, "model": request.model}
    optional: dict[str, str | int] = {"url": request.url, "key": request.key, "window": request.window}
    keys |= {name: value for name, value in optional.items() if value}
    return keys | ({"parallel": request.parallel} if request.parallel != 1 else {})


def _is_there(one: Proposed, read: ModelsFile) -> bool:
    """Whether the file has that model on that server already."""
    return any(
        known.model.removesuffix(":latest") == one.model.removesuffix(":latest")
        and known.root == one.url.rstrip("/").removesuffix("/v1")
        for known in read.deployments.values()
    )


def _line(verdict: Verdict, seen: str, remedy: str = "") -> CheckLine:
    return CheckLine(area="models", name=PATH, verdict=verdict, seen=seen, remedy=remedy)
