"""Adding to models.yaml: what a person wrote stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.errors import BrokenFile, Invalid
from orin_agents.domain.models import read_models
from orin_agents.skills.models_text import with_deployment

MINE = """\
# my models
cloud: true   # yes

models:
  small: [a]   # quick ones
  code:
    - a
    - b  # slow
  reasoning: []

deployments:
    a: {server: ollama, model: "qwen3:4b"}   # the board's
    b:
        server: llamacpp
        model: big   # 30 B

# the end
"""
KEYS = {"server": "vllm", "model": "Qwen/Qwen3-8B", "window": 8192}


def test_only_what_is_new_is_added() -> None:
    text = with_deployment(MINE, "new", KEYS, ("small", "code", "reasoning", "planning"))
    assert text.splitlines() == [
        *MINE.splitlines()[:4],
        "  small: [a, new]   # quick ones",
        "  code:",
        "    - a",
        "    - b  # slow",
        "    - new",
        "  reasoning: [new]",
        "  planning: [new]",
        *MINE.splitlines()[9:15],
        "    new:",
        "      server: vllm",
        "      model: Qwen/Qwen3-8B",
        "      window: 8192",
        *MINE.splitlines()[15:],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "cloud: false\n",
        "models:\ndeployments:\n  # soon\n",
        "models: {}\ndeployments: {}  # no\n",
    ],
)
def test_a_file_that_names_none_gets_its_first(text: str) -> None:
    after = with_deployment(text, "new", KEYS, ("small",))
    assert read_models(after).behind("small") == ("new",)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]


def test_line_ends_stay() -> None:
    after = with_deployment(MINE.replace("\n", "\r\n"), "new", KEYS, ("small",))
    assert after.count("\n") == after.count("\r\n") > 10


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (MINE, "a"),
        ("deployments: {a: {server: ollama, model: m}}\n", "new"),
        ("{deployments: {}}\n", "new"),
        ("models: {small: []}\n", "new"),
        ("models:\n  small: [\n  ]\n", "new"),
        (MINE, "new one"),
        (MINE + "odd: 1\n", "new"),
    ],
)
def test_what_cannot_be_added_to_is_left_alone(text: str, name: str) -> None:
    with pytest.raises((Invalid, BrokenFile)) as raised:
        with_deployment(text, name, KEYS, ("small",))
    assert raised.value.remedy


@given(st.text(min_size=1, max_size=30), st.sampled_from(["small", "planning"]))
def test_any_name_of_a_model_is_read_back_as_it_was(model: str, logical: str) -> None:
    try:
        after = with_deployment(MINE, "new", {"server": "ollama", "model": model}, (logical,))
    except (Invalid, BrokenFile):
        assert not model.strip() or not model.isprintable()
        return
    file = read_models(after)
    assert file.deployments["new"].model == model.strip() and file.models[logical][-1] == "new"
