"""LiteLLM, imported once, on first use, in a thread of its own, and kept quiet.

Its import takes seconds; left alone it also asks the network for a price list, prints advice on stdout and logs on
stderr. It would send an OPENAI_API_KEY of the environment to any server, were no key given: `calls` always gives one.
"""

import asyncio
import gc
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from orin_agents.domain.errors import ModelUnavailable

LOCAL = ("MODEL_COST_MAP", "ANTHROPIC_BETA_HEADERS", "BLOG_POSTS", "AUTOROUTER_PRESETS", "POLICY_TEMPLATES")
"""What LiteLLM would fetch from the network; set to LITELLM_LOCAL_…=True it reads the copies it came with."""
LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
NOWHERE = "http://127.0.0.1:1/v1"
HERE = ("127.0.0.1", "localhost", "::1")


class Library:
    """The module `litellm`, once somebody waited for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._module: Any = None

    @property
    def is_ready(self) -> bool:
        """Whether nobody has to wait for it any more."""
        return self._module is not None

    async def ready(self) -> Any:
        """The module. The loop goes on while it is imported. Raises ModelUnavailable where it cannot be."""
        if self._module is None:
            try:
                await asyncio.to_thread(self._import)
            except ImportError as error:
                what = f"LiteLLM, through which models are spoken to, cannot be loaded: {error}"
                raise ModelUnavailable(what, remedy="This installation lacks a part; install Orin again.") from error
        return self._module

    def _import(self) -> None:
        with self._lock:
            if self._module is not None:
                return
            with _no_collection():
                self._module = _quiet_import()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the collector of garbage, and what was made meanwhile is never looked through by it.

    One walk through the half million objects of this import stops every thread for a quarter of a second.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def _quiet_import() -> Any:
    for name in LOCAL:
        os.environ[f"LITELLM_LOCAL_{name}"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it looks for a .env file and takes it into the environment
    _spare_the_proxy()
    import litellm

    litellm.suppress_debug_info = True
    litellm.drop_params = True
    litellm.num_retries = 0
    litellm.DEFAULT_MAX_RETRIES = 0  # calls for vectors take this where they are given 0
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.CRITICAL)  # what goes wrong is told by us, in one line
    asyncio.run(_warm(litellm))
    return litellm


async def _warm(litellm: Any) -> None:
    """Call it once for nothing: the first call imports hundreds of modules more, which would hold up the loop."""
    router = litellm.Router(model_list=[{"model_name": "m", "litellm_params": {"model": "openai/m", "api_key": "-"}}])
    router.discard()
    await router.async_get_available_deployment(model="m", request_kwargs={})
    call = {"model": "openai/m", "api_base": NOWHERE, "api_key": "-", "max_retries": 0, "timeout": 1, "stream": True}
    messages = [{"role": "user", "content": "Hello"}]
    stream = await litellm.acompletion(**call, messages=messages, mock_response="Hello")
    async for _ in stream:
        pass
    with suppress(Exception):  # nobody listens there
        await litellm.acompletion(**call, messages=messages)
    await litellm.close_litellm_async_clients()


def _spare_the_proxy() -> None:
    """Servers on this machine are never spoken to through a proxy that the environment names."""
    for name in ("NO_PROXY", "no_proxy"):
        spared = [part for part in os.environ.get(name, "").split(",") if part.strip()]
        os.environ[name] = ",".join([*spared, *(host for host in HERE if host not in spared)])
