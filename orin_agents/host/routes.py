"""Every operation of the host, collected from where they are declared, and its route derived from the declaration."""

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any

from fastapi import Body, Path, Query, Request, Response

from orin_agents.domain import operations
from orin_agents.domain.operations.operation import Operation

Call = Callable[[Operation[Any, Any], Request, dict[str, Any]], Awaitable[Response]]


def all_operations() -> tuple[Operation[Any, Any], ...]:
    """Every Operation of every module of orin_agents.domain.operations, in the order of their names."""
    found: dict[str, Operation[Any, Any]] = {}
    for module in pkgutil.iter_modules(operations.__path__):
        declared = vars(importlib.import_module(f"{operations.__name__}.{module.name}")).values()
        found.update((value.name, value) for value in declared if isinstance(value, Operation))
    return tuple(found[name] for name in sorted(found))


def in_path(operation: Operation[Any, Any]) -> frozenset[str]:
    """The fields of the request that travel in the path."""
    return frozenset(re.findall(r"{(\w+)}", operation.path))


def outside_path(operation: Operation[Any, Any]) -> frozenset[str]:
    """The fields of the request that travel in the query or in the body."""
    return frozenset(field.name for field in fields(operation.request)) - in_path(operation)


def endpoint(operation: Operation[Any, Any], call: Call) -> Callable[..., Awaitable[Response]]:
    """A function with the signature FastAPI needs to check, and to document, the operation's request."""

    async def answer(http_request: Request, **values: Any) -> Response:
        return await call(operation, http_request, values)

    parameters = [inspect.Parameter("http_request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)]
    answer.__signature__ = inspect.Signature([*parameters, *_parameters(operation)])  # type: ignore[attr-defined]
    answer.__name__ = operation.name.replace(".", "_")
    return answer


def _parameters(operation: Operation[Any, Any]) -> Iterator[inspect.Parameter]:
    types = typing.get_type_hints(operation.request)
    path = in_path(operation)
    for field in fields(operation.request):
        place: Any
        if field.name in path:
            place = Path()
        elif operation.method == "POST":
            place = Body(embed=True)
        else:
            place = Query()
        default = inspect.Parameter.empty if field.name in path else _default(field)
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=Annotated[types[field.name], place],
        )


def _default(field: Field[Any]) -> Any:
    if field.default is not MISSING:
        return field.default
    return inspect.Parameter.empty if field.default_factory is MISSING else field.default_factory()
