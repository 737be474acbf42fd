"""The shapes of OpenAI's API (platform.openai.com/docs/api-reference/chat): requests read, answers and errors written.

Parameters that mean nothing here are let through, as clients send many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response

from orin_agents.domain.asking import Told
from orin_agents.domain.errors import Invalid, OrinError
from orin_agents.domain.secrets import Secrets
from orin_agents.services.conversations import said_before
from orin_agents.services.gathering import Turn

PREFIXES = ("/v1/models", "/v1/chat/")
MOST_TOKENS = 4096
ANSWER_TOKENS = 600
MOST_STOPS = 4
SOURCES, WITHOUT = "\n\nSources:", "\n\nWithout a source:"
"""What stands above the two lists below an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """A request to /v1/chat/completions as far as it counts here."""

    model: str
    question: str
    turns: tuple[Turn, ...]
    instruction: str
    stream: bool
    with_usage: bool
    answer_tokens: int
    temperature: float
    stop: tuple[str, ...]


def speaks_openai(path: str) -> bool:
    """Whether the answers at that path have OpenAI's shapes."""
    return path.startswith(PREFIXES)


def wrong(error: OrinError, secrets: Secrets) -> Response:
    """The error as OpenAI's clients read it, without any of the secrets."""
    status = 400 if error.status == 422 else error.status
    return Response(msgspec.json.encode(error_body(error, secrets)), status_code=status, media_type="application/json")


def error_body(error: OrinError, secrets: Secrets) -> dict[str, object]:
    """The members of an error."""
    types = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 422: "invalid_request_error"}
    said = secrets.redacted(" ".join(part for part in (error.what, error.kept, error.remedy) if part))
    code = "model_not_found" if error.status == 404 else error.code.replace("-", "_")
    return {"error": {"message": said, "type": types.get(error.status, "api_error"), "param": None, "code": code}}


def read(data: bytes) -> ChatRequest:
    """The request in a body. Raises Invalid, naming the member that is amiss."""
    try:
        body = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _amiss("The body", f"is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise _amiss("The body", "is not an object")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise _amiss("model", "is the id of an agent")
    if body.get("n") not in (None, 1):
        raise _amiss("n", "can only be 1")
    instruction, turns, question = _talk(body.get("messages"))
    stop = body.get("stop")
    stops = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(stops, list) or len(stops) > MOST_STOPS or not all(isinstance(s, str) and s for s in stops):
        raise _amiss("stop", f"is a text or a list of at most {MOST_STOPS}")
    options = body.get("stream_options")
    tokens = _number(body, "max_completion_tokens", _number(body, "max_tokens", ANSWER_TOKENS, 1, 1e9), 1, 1e9)
    return ChatRequest(
        model=model,
        question=question,
        turns=turns,
        instruction=instruction,
        stream=_flag(body, "stream"),
        with_usage=isinstance(options, dict) and _flag(options, "include_usage"),
        answer_tokens=min(int(tokens), MOST_TOKENS),
        temperature=_number(body, "temperature", 0.2, 0, 2),
        stop=tuple(stops),
    )


def usage(ended: Told | None) -> dict[str, int]:
    """What an answer took, as far as the model's server said; nothing where no model was asked."""
    prompt, answer = (ended.prompt_tokens, ended.answer_tokens) if ended else (0, 0)
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def beside(answer: Told) -> str:
    """What stands below an answer: its sources, and what has none. A list, for `[p1]: …` alone would be a Markdown
    link and not be shown.
    """
    text = ""
    if answer.citations:
        text += "\n".join([SOURCES, *(f"- [{one.mark}] {one.place or one.text}" for one in answer.citations)])
    if answer.unverified:
        text += "\n".join([WITHOUT, *(f"- ⚠ “{span}”" for span in answer.unverified)])
    return f"{text}\n\n({answer.note})" if answer.note else text


def _alone(answer: str) -> str:
    """An answer that a client sends back, without what stood below it: its marks stood for other things then."""
    return answer.partition(f"{SOURCES}\n- [")[0].partition(f"{WITHOUT}\n- ⚠")[0]


def _talk(messages: object) -> tuple[str, tuple[Turn, ...], str]:
    """Instruction, earlier turns and the question of the messages."""
    if not isinstance(messages, list) or not messages:
        raise _amiss("messages", "is a list with the question at its end")
    instructions: list[str] = []
    turns: list[Turn] = []
    asked: list[str] = []
    for number, message in enumerate(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role in ("system", "developer"):
            instructions.append(_text(message, number))
        elif role == "user":
            asked.append(_text(message, number))
        elif role == "assistant":
            if asked:
                turns.append(said_before("\n".join(asked), _alone(_text(message, number))))
            asked = []
        elif role not in ("tool", "function"):
            raise _amiss(f"messages[{number}].role", "is system, developer, user or assistant")
    if not asked or not "".join(asked).strip():
        raise _amiss("messages", "must end with what the user asks")
    return "\n".join(filter(None, instructions)), tuple(turns), "\n".join(asked)


def _text(message: Mapping[str, Any], number: int) -> str:
    content = message.get("content")
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    texts = []
    for part in content if isinstance(content, list) else [content]:
        text = part.get("text") if isinstance(part, dict) else None
        if not isinstance(text, str):
            raise _amiss(f"messages[{number}].content", "can only be text here, no images or sound")
        texts.append(text)
    return "\n".join(texts)


def _number(body: Mapping[str, Any], name: str, usual: float, least: float, most: float) -> float:
    value = body.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise _amiss(name, f"is a number from {least:g}" + (f" to {most:g}" if most < 1e6 else " on"))
    return float(value)


def _flag(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    if value not in (None, True, False):
        raise _amiss(name, "is true or false")
    return bool(value)


def _amiss(member: str, what: str) -> Invalid:
    return Invalid(f"{member} {what}.", kept="Nothing was asked.")
