"""How an endpoint gets at the assistant."""

from typing import Annotated, cast

from fastapi import Depends, Request

from assistant.answer import Assistant
from assistant.assembly import ServingAssistant
from assistant.index import Index


def serving_of(request: Request) -> ServingAssistant:
    """What `create_app` was given."""
    return cast(ServingAssistant, request.app.state.serving)


def current_assistant(request: Request) -> Assistant:
    """The assistant for the whole of one request, so that one build answers it."""
    return serving_of(request).current()


def current_index(assistant: Annotated[Assistant, Depends(current_assistant)]) -> Index:
    """The index that the request reads."""
    return assistant.index


CurrentAssistant = Annotated[Assistant, Depends(current_assistant)]
CurrentIndex = Annotated[Index, Depends(current_index)]
