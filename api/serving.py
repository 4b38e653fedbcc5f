"""How an endpoint gets at the assistant."""

from typing import Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from api.store import Store
from api.turns import Desk
from assistant.adapters.onnx_model import usable_cores
from assistant.answer import Assistant
from assistant.assembly import ServingAssistant
from assistant.index import Index


def as_many_as_cores(*, waiting: int = 0) -> CapacityLimiter:
    """How many questions are answered at the same time: more than there are cores would only get in each other's way.

    `waiting` more may wait for a language model, which keeps no core busy.

    The others wait in the order in which they came, so that none waits much longer than the rest.
    """
    return CapacityLimiter(usable_cores() + waiting)


async def desk_of(request: Request) -> Desk:
    """The one desk of the application. Async, as nothing here waits: FastAPI gives a thread to what is not."""
    return cast(Desk, request.app.state.desk)


def serving_of(request: Request) -> ServingAssistant:
    """What `create_app` was given."""
    return cast(ServingAssistant, request.app.state.serving)


def current_assistant(request: Request) -> Assistant:
    """The assistant for the whole of one request, so that one build answers it."""
    return serving_of(request).current()


def current_index(assistant: Annotated[Assistant, Depends(current_assistant)]) -> Index:
    """The index that the request reads."""
    return assistant.index


def store_of(request: Request) -> Store:
    """What `create_app` was given."""
    return cast(Store, request.app.state.store)


CurrentDesk = Annotated[Desk, Depends(desk_of)]
CurrentStore = Annotated[Store, Depends(store_of)]
CurrentAssistant = Annotated[Assistant, Depends(current_assistant)]
CurrentIndex = Annotated[Index, Depends(current_index)]
