"""Puts the server together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import chat, corpus, health, pages, widget_files
from api.edge import Edge
from api.problems import ANY_PROBLEM, install, problem_schemas
from api.serving import as_many_as_cores
from api.settings import ApiSettings
from api.store import Store
from assistant.assembly import ServingAssistant
from assistant.errors import GuidanceError

logger = logging.getLogger(__name__)


def create_app(serving: ServingAssistant, settings: ApiSettings, store: Store | None = None) -> FastAPI:
    """The application. `serving` is opened when the server starts, and asked for the current build at each request.

    Without a `store` every question stands alone, and nothing of it is kept.
    """
    app = FastAPI(
        title="Procurement guidance assistant",
        summary="Answers council officers' questions about buying technology with exact quotes from the guidance held.",
        version="1",
        lifespan=_lifespan,
        # Swagger UI and ReDoc load their scripts from another server, which the security policy rightly forbids.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=ANY_PROBLEM,
    )
    app.state.serving = serving
    app.state.store = store
    app.state.answering = as_many_as_cores(waiting=serving.waiting)
    app.add_middleware(
        Edge,
        allowed_hosts=(*settings.allowed_hosts, settings.host),
        max_body_bytes=settings.max_body_bytes,
        to_response=install(app),
    )
    for part in (chat, corpus, health, pages, widget_files):
        app.include_router(part.router)
    app.mount("/widget", widget_files.widget_files)
    _complete_description(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens the assistant before the first request. Where that fails, the server runs all the same and says why."""
    try:
        assistant = await run_in_threadpool(app.state.serving.current)
        logger.info("answering from build %s", assistant.index.info.id)
    except GuidanceError as error:
        logger.warning("not ready: %s", error)
    except Exception:
        logger.exception("not ready: the serving build can't be opened")
    yield


def _complete_description(app: FastAPI) -> None:
    """Adds to /openapi.json what FastAPI leaves out: schemas that no route returns as JSON, and nulls in examples."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        schema = describe()
        schema["components"]["schemas"].update(problem_schemas())
        answered = schema["paths"]["/v1/chat"]["post"]["responses"]["200"]["content"]["application/json"]
        answered["example"] = chat.EXAMPLE_ANSWER
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
