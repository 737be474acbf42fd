"""Fusion of rankings, and repetitions taken out."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.passages import Candidate, Passage
from orin_agents.skills.fusion import K, distinct, fused

NAMES = st.lists(st.sampled_from("abcdefgh"), max_size=8, unique=True)


def candidate(path: str, text: str, owner: str = "person:ada", day: int = 1, project: str = "home") -> Candidate:
    passage = Passage(project=project, path=path, version=1, first_line=1, last_line=1, text=text)
    return Candidate(key=text, passage=passage, owner=owner, changed=datetime(2026, 11, day, tzinfo=UTC))


def paths(*candidates: Candidate) -> list[str]:
    return [one.passage.path for one in distinct(candidates)]


def test_scores_are_those_of_the_paper() -> None:
    assert fused([["a", "b"], ["b"]]) == [("b", 1 / (K + 2) + 1 / (K + 1)), ("a", 1 / (K + 1))]
    assert fused([["a"], ["b"]], (1, 2)) == [("b", 2 / (K + 1)), ("a", 1 / (K + 1))]
    assert fused([["a", "b", "a"]], k=0) == [("a", 1.0), ("b", 0.5)]
    assert fused([]) == fused([[], []]) == []


@given(st.lists(NAMES, max_size=4))
def test_every_name_stands_once_and_one_ranking_keeps_its_order(rankings: list[list[str]]) -> None:
    found = fused(rankings)
    assert {name for name, _ in found} == {name for ranking in rankings for name in ranking}
    assert len(found) == len(dict(found))
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    for ranking in rankings[:1]:
        assert [name for name, _ in fused([ranking])] == ranking


@given(NAMES, NAMES)
def test_to_rise_in_a_ranking_never_lowers_a_score(one: list[str], other: list[str]) -> None:
    if len(one) > 1:
        risen = [one[-1], *one[:-1]]
        assert dict(fused([risen, other]))[one[-1]] >= dict(fused([one, other]))[one[-1]]


def test_the_same_text_is_kept_once_a_persons_first() -> None:
    agents = candidate("drafts/memo.md", "Sign the  contract", "agent:scribe", day=9)
    note = candidate("notes/hall.md", "sign the contract")
    assert paths(agents, candidate("b.md", "other"), note) == ["notes/hall.md", "b.md"]
    assert paths(note, agents) == ["notes/hall.md"]
    assert paths(note, candidate("notes/new.md", "Sign the contract", day=2)) == ["notes/new.md"]


def test_of_a_dated_series_the_newest_is_kept() -> None:
    text = "five blocks of work and the hall contract is due today number"
    old = candidate("drafts/2026-11-19.md", f"{text} one", "agent:scribe", day=9)
    new = candidate("drafts/2026-11-20.md", f"{text} two", "agent:scribe", day=3)
    assert paths(old, new) == ["drafts/2026-11-20.md"]
    assert paths(new, old) == ["drafts/2026-11-20.md"]
    assert len(paths(old, candidate("drafts/2026-11-20.md", "something else was said", "agent:scribe"))) == 2


def test_alike_notes_without_a_date_are_two_notes() -> None:
    text = "the same words over and over in every table but for the last"
    assert len(paths(candidate("a.md", f"{text} one"), candidate("b.md", f"{text} two"))) == 2
    same_day = [candidate("2026-11-20.md", f"{text} {n}") for n in ("one", "two")]
    assert len(paths(*same_day)) == 2
    assert (
        len(paths(candidate("2026-11-20.md", "x y", project="a"), candidate("2026-11-21.md", "x y z", project="b")))
        == 2
    )
