"""Puts the server together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.staticfiles import StaticFiles

from api import answers, chat, conversations, corpus, health, suggestions, widget_files
from api.edge import Edge
from api.examples import EXAMPLES
from api.pages import about, passage, sources
from api.pages import chat as chat_page
from api.problems import ANY_PROBLEM, install, problem_schemas
from api.serving import as_many_as_cores
from api.settings import ApiSettings
from api.store import IN_MEMORY, Store, StoreUnavailableError
from api.store.retention import purge
from api.turns import Desk
from assistant.assembly import ServingAssistant
from assistant.errors import GuidanceError

_DAY_SECONDS = 24 * 60 * 60
logger = logging.getLogger(__name__)


def create_app(serving: ServingAssistant, settings: ApiSettings, store: Store | None = None) -> FastAPI:
    """The application. `serving` is opened when the server starts, and asked for the current build at each request.

    Without a `store` nothing is kept.
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
    app.state.store = store = store or Store(IN_MEMORY, keeps=False)
    app.state.retention_days = settings.retention_days
    app.state.desk = Desk(serving=serving, answering=as_many_as_cores(), store=store)
    # The streams that are being sent, for the server to end when it stops.
    app.state.streams = set()
    app.state.suggestions = suggestions.Suggestions()
    app.state.to_response = install(app)
    app.add_middleware(
        Edge,
        allowed_hosts=(*settings.allowed_hosts, settings.host),
        max_body_bytes=settings.max_body_bytes,
        to_response=app.state.to_response,
    )
    for part in (
        chat,
        conversations,
        answers,
        suggestions,
        corpus,
        health,
        chat_page,
        sources,
        passage,
        about,
        widget_files,
    ):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.mount("/widget", widget_files.widget_files)
    _complete_description(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Opens the assistant and the store before the first request. Where one fails, the server runs all the same and says why."""
    try:
        assistant = await run_in_threadpool(app.state.serving.current)
        logger.info("answering from build %s", assistant.index.info.id)
    except GuidanceError as error:
        logger.warning("not ready: %s", error)
    except Exception:
        logger.exception("not ready: the serving build can't be opened")
    async with anyio.create_task_group() as tasks:
        if app.state.store.keeps:
            await _purge(app)
            tasks.start_soon(_purge_daily, app)
        yield
        tasks.cancel_scope.cancel()
    app.state.store.close()


async def _purge_daily(app: FastAPI) -> None:
    while True:
        await anyio.sleep(_DAY_SECONDS)
        await _purge(app)


async def _purge(app: FastAPI) -> None:
    older_than = timedelta(days=app.state.retention_days)
    try:
        purged = await run_in_threadpool(purge, app.state.store, older_than=older_than, now=datetime.now(UTC))
    except StoreUnavailableError as error:
        logger.warning("answers are not kept for now: %s", error)
        return
    if purged.answers:
        logger.info("deleted what is past its retention: %d answers", purged.answers)


def _complete_description(app: FastAPI) -> None:
    """Adds to /openapi.json what FastAPI leaves out: schemas that no route returns as JSON, and nulls in examples."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        schema = describe()
        schema["components"]["schemas"].update(problem_schemas())
        for (path, method, status, media_type), example in EXAMPLES.items():
            schema["paths"][path][method]["responses"][status]["content"][media_type]["example"] = example
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
