"""Which model answers for what."""

from hypothesis import given
from hypothesis import strategies as st

from orin_agents.domain.deployments import FoundModel, FoundServer, Server
from orin_agents.skills.lineup import lineup

URL = "http://127.0.0.1:11434"


def ollama(**sizes: float) -> FoundServer:
    models = tuple(
        FoundModel(name=name.replace("__", ":").replace("_", "-"), size=size) for name, size in sizes.items()
    )
    return FoundServer(server=Server.OLLAMA, url=URL, models=models)


def roles(*found: FoundServer) -> dict[str, tuple[str, ...]]:
    return {one.name: one.serves for one in lineup(found)}


def test_each_does_what_its_size_and_name_promise() -> None:
    found = ollama(qwen3__4b=4, qwen3__30b=30, qwen2_coder__14b=14, nomic_embed_text__latest=0.1, bge_m3=0.6)
    assert roles(found) == {
        "qwen3-30b": ("planning", "reasoning"),
        "qwen2-coder-14b": ("code",),
        "qwen3-4b": ("small", "planning", "reasoning", "code"),
        "nomic-embed-text": ("embedding",),
    }


def test_one_model_does_it_all_and_none_nothing() -> None:
    assert roles(ollama(tiny=0)) == {"tiny": ("small", "planning", "reasoning", "code")}
    assert roles(ollama(qwen2_coder=7)) == {"qwen2-coder": ("small", "planning", "reasoning", "code")}
    assert roles(ollama()) == {} and roles(ollama(bge_reranker=1, whisper=1)) == {}


@given(st.lists(st.tuples(st.text(min_size=1, max_size=12), st.floats(0, 400)), max_size=8), st.sets(st.text()))
def test_names_are_usable_and_nobodys_and_all_is_served(models: list[tuple[str, float]], taken: set[str]) -> None:
    found = FoundServer(server=Server.VLLM, url=URL, models=tuple(FoundModel(name=n, size=s) for n, s in models))
    proposed = lineup([found], taken)
    names = [one.name for one in proposed]
    assert len(set(names)) == len(names) and not set(names) & taken
    assert all(name[0].isalnum() and name.isascii() for name in names)
    served = {logical for one in proposed for logical in one.serves} - {"embedding"}
    assert served in (set(), {"small", "planning", "reasoning", "code"})
