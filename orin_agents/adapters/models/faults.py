"""What can go wrong with one try at a deployment, in one line each, and what it means for the next try."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orin_agents.domain.models import Deployment


class Kind(StrEnum):
    """AWAY: the server does not answer, or not as a model server would; it is left alone for a while. BROKEN: it broke
    off in the middle; likewise. USELESS: it answered, with nothing of use; asking once more may help. TOO_LONG: the
    prompt does not fit. REFUSED: it does not take the request as it was put.
    """

    AWAY = "away"
    BROKEN = "broken"
    USELESS = "useless"
    TOO_LONG = "too long"
    REFUSED = "refused"


@dataclass(slots=True)
class Fault(Exception):
    """A try that failed. `tokens` is the window a prompt did not fit and `counted` the prompt's own, where the server
    says it; `rest_s` how long the server asks to be left alone; `schema` whether it was the schema that it refused;
    `thought` whether thinking took the answer's place.
    """

    kind: Kind
    text: str
    tokens: int = 0
    counted: int = 0
    rest_s: float = 0.0
    schema: bool = False
    thought: bool = False

    def __str__(self) -> str:
        return self.text


_PROVIDER = re.compile(r"^.*?\b\w*(?:Exception|_chatException|Error) - ", re.DOTALL)
_PREFIX = re.compile(r"^(?:litellm\.)?(?:\w+Error|Timeout|\w+Exception): ")
_MESSAGE = re.compile(r"""["'](?:message|error)["']:\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_WINDOW = re.compile(
    r"(?:available context size|n_ctx['\"]?:|maximum context length is|maximum model length of"
    r"|context (?:length|window)(?: of| is)?|max_model_len[^0-9]{0,4}|current batch size:|must have less than)"
    r"\s*\(?(\d{3,8})",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:request|input) \((\d{3,8}) tokens\)|\((\d{3,8}) in the messages", re.IGNORECASE)
_AWAY = re.compile(r"connection error|connect call failed|connection refused|cannot connect|connection attempts", re.I)
_SCHEMA = re.compile(r"response_format|json_schema|grammar|guided|structured output|\bschema\b", re.IGNORECASE)
LONGEST = 200


def translated(error: BaseException, deployment: Deployment, *, begun: bool) -> Fault:
    """A library's error as a fault. `begun` says whether the answer had begun."""
    error = _inner(error)
    status = int(getattr(error, "status_code", 0) or 0)
    name, said = type(error).__name__, _said(error)
    if name == "ContextWindowExceededError" or (status in (400, 413, 422, 500) and _is_too_long(said)):
        window, counted = _WINDOW.search(str(error)), _COUNTED.search(str(error))
        return Fault(
            Kind.TOO_LONG,
            "the prompt is longer than its window",
            tokens=int(window[1]) if window else 0,
            counted=int(counted[1] or counted[2]) if counted else 0,
        )
    if begun:
        return Fault(Kind.BROKEN, f"it broke off in mid-answer: {said}")
    if isinstance(error, UnicodeDecodeError | ValueError) and not status:
        return Fault(Kind.BROKEN, f"its answer cannot be read: {said}")
    if "codec can't decode" in said or re.search(r"line \d+ column \d+", said) or "Unterminated string" in said:
        return Fault(Kind.BROKEN, f"its answer cannot be read: {said}")
    if _AWAY.search(said):
        return Fault(Kind.AWAY, f"nothing answers at {deployment.root}")
    return _by_status(status, name, said, error, deployment)


def _by_status(status: int, name: str, said: str, error: BaseException, deployment: Deployment) -> Fault:
    if name == "Timeout" or status == 408:
        return Fault(Kind.AWAY, "it did not answer in time")
    if status in (401, 403):
        key = f"its key ({deployment.key})" if deployment.key else "a call without a key"
        return Fault(Kind.AWAY, f"it refuses {key}: {said}")
    if status == 404:
        return Fault(Kind.AWAY, f"it knows no model {deployment.model}: {said}")
    if status == 429:
        return Fault(Kind.AWAY, f"it has too much to do: {said}", rest_s=_retry_after(error))
    if status in (400, 422):
        return Fault(Kind.REFUSED, f"it refuses the request: {said}", schema=bool(_SCHEMA.search(str(error))))
    return Fault(Kind.AWAY, f"it failed: {said}")


def _inner(error: BaseException) -> BaseException:
    """The error inside of those that LiteLLM wraps around it while an answer streams."""
    inner = getattr(error, "original_exception", None)
    return _inner(inner) if isinstance(inner, BaseException) and inner is not error else error


def _said(error: BaseException) -> str:
    """What the server said, without the names of the libraries it came through, on one line."""
    text = str(error).partition("Traceback (most recent call last)")[0]
    provider = _PROVIDER.match(text)
    text = text[provider.end() :] if provider else text
    while (prefix := _PREFIX.match(text)) is not None:
        text = text[prefix.end() :]
    if message := _MESSAGE.search(text):
        text = message[1] or message[2] or text
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _is_too_long(said: str) -> bool:
    told = said.lower()
    return any(
        words in told
        for words in (
            "context size",
            "context length",
            "context window",
            "maximum context",
            "exceed_context",
            "too large to process",
            "must have less than",
            "prompt is too long",
            "input length exceeds",
        )
    )


def _retry_after(error: BaseException) -> float:
    """Seconds that the server asks to be left alone (RFC 9110, 10.2.3); dates are not read."""
    response: Any = getattr(error, "response", None)
    headers = getattr(error, "litellm_response_headers", None) or getattr(response, "headers", None) or {}
    try:
        return min(600.0, max(0.0, float(headers.get("retry-after", 0))))
    except (TypeError, ValueError):
        return 0.0
