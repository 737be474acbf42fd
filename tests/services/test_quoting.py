from orin_agents.domain.actors import agent
from orin_agents.domain.operations.artifacts import SaveArtifact
from orin_agents.domain.passages import Passage
from orin_agents.services.quoting import Quoting
from tests.services.conftest import ADA, Desk

PAGE = """\
# Brief
<!-- narrative -->
The hall is the one open question. [f1]
The hall costs ⟦⚠ 700⟧ euros.
<!-- /narrative -->
- Overdue: the hall contract [f1]
## Sources
- [f1] Overdue: the hall contract
"""


def quotable(desk: Desk, *paths: str, most: int = 9) -> list[tuple[str, str]]:
    """What is left of passages that are the whole of those files."""

    def search(project: str, query: str, reads: tuple[str, ...], most: int) -> tuple[Passage, ...]:
        found = []
        for path in paths:
            artifact = desk.store.artifacts.find(project, path)
            assert artifact
            text = (desk.store.artifacts.content(artifact.sha256) or b"").decode()
            lines = text.count("\n")
            found.append(
                Passage(project=project, path=path, version=artifact.version, first_line=1, last_line=lines, text=text)
            )
        return tuple(found[:most])

    found = Quoting(desk.store, search).search("home", "hall", ("**",), most)
    return [(passage.path, passage.text) for passage in found]


def test_what_people_wrote_is_quoted_as_it_stands(desk: Desk) -> None:
    desk.artifacts.save(ADA, SaveArtifact(project="home", path="hall.md", text="The hall is long. [f1]\n"))
    desk.artifacts.save(ADA, SaveArtifact(project="home", path="costs.csv", text="hall,900\n"))
    assert quotable(desk, "hall.md", "costs.csv") == [
        ("hall.md", "The hall is long. [f1]\n"),
        ("costs.csv", "hall,900\n"),
    ]


def test_files_that_skills_read_are_left_to_facts(desk: Desk) -> None:
    desk.artifacts.save(ADA, SaveArtifact(project="home", path="task_queue.json", text='{"tasks": []}\n'))
    assert quotable(desk, "task_queue.json") == []


def test_of_an_agents_page_only_its_own_words_count_and_none_that_nothing_bore_out(desk: Desk) -> None:
    desk.artifacts.save(agent("scribe"), SaveArtifact(project="home", path="drafts/brief.md", text=PAGE))
    desk.artifacts.save(agent("watcher"), SaveArtifact(project="home", path="critique/log.json", text='{"a": 1}\n'))
    bare = PAGE.replace("The hall is the one open question. [f1]\nThe hall costs ⟦⚠ 700⟧ euros.\n", "")
    desk.artifacts.save(agent("scribe"), SaveArtifact(project="home", path="drafts/bare.md", text=bare))
    found = quotable(desk, "drafts/brief.md", "critique/log.json", "drafts/bare.md")
    assert found == [("drafts/brief.md", "The hall is the one open question.")]


def test_as_many_as_are_wanted_are_found_beside_what_is_left_out(desk: Desk) -> None:
    desk.artifacts.save(ADA, SaveArtifact(project="home", path="task_queue.json", text='{"tasks": []}\n'))
    for number in range(3):
        desk.artifacts.save(ADA, SaveArtifact(project="home", path=f"{number}.md", text="The hall.\n"))
    assert [path for path, _ in quotable(desk, "task_queue.json", "0.md", "1.md", "2.md", most=2)] == ["0.md", "1.md"]
