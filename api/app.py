"""Puts the server together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import answers, chat, conversations, corpus, health, security_schemes, sessions, suggestions, widget_files
from api.access import open_access
from api.admission import Room, may_ask, may_begin_session, may_read, may_see_pages, may_use
from api.edge import Edge
from api.examples import EXAMPLES
from api.metrics import Metrics
from api.observation import log_answer
from api.pages import about, passage, sources
from api.pages import chat as chat_page
from api.problems import ANY_PROBLEM, install, problem_schemas
from api.serving import as_many_as_cores
from api.settings import ApiSettings
from api.store import IN_MEMORY, Store, StoreUnavailableError
from api.store.retention import purge
from api.telemetry import open_telemetry
from api.turns import Desk
from assistant.assembly import ServingAssistant
from assistant.errors import GuidanceError

_DAY_SECONDS = 24 * 60 * 60
logger = logging.getLogger(__name__)


def create_app(
    serving: ServingAssistant, settings: ApiSettings, store: Store | None = None, *, key_store: Store | None = None
) -> FastAPI:
    """The application. `serving` is opened when the server starts, and asked for the current build at each request.

    Without a `store` nothing is kept. `key_store` is where API keys are, if not there.
    """
    telemetry = open_telemetry(settings.telemetry_endpoint)
    app = FastAPI(
        telemetry=telemetry.config,
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
    app.state.telemetry = telemetry
    app.state.to_response = install(app)
    _set_up_answering(app, serving, settings, store or Store(IN_MEMORY, keeps=False), key_store)
    _add_middleware(app, settings)
    _add_routes(app)
    _complete_description(app, settings)
    return app


def _set_up_answering(
    app: FastAPI, serving: ServingAssistant, settings: ApiSettings, store: Store, key_store: Store | None
) -> None:
    """What routes find in the application's state, and the metrics of it."""
    answering = as_many_as_cores(waiting=serving.waiting)
    metrics = Metrics() if settings.metrics != "off" else None
    observers = (log_answer, metrics.observe) if metrics else (log_answer,)
    app.state.serving = serving
    app.state.store = store
    app.state.retention_days = settings.retention_days
    app.state.access = open_access(settings, key_store or store)
    app.state.desk = Desk(serving=serving, answering=answering, store=store, observers=observers)
    app.state.room = Room(at_once=answering.total_tokens, waiting=settings.questions_waiting)
    # The streams that are being sent, for the server to end when it stops.
    app.state.streams = set()
    app.state.suggestions = suggestions.Suggestions()
    if metrics:
        metrics.install(app, to_anyone=settings.metrics == "open")


def _add_middleware(app: FastAPI, settings: ApiSettings) -> None:
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    # Last, because what is added last is outermost.
    app.add_middleware(
        Edge,
        origins=settings.widget_origins,
        allowed_hosts=(*settings.allowed_hosts, settings.host),
        max_body_bytes=settings.max_body_bytes,
        to_response=app.state.to_response,
    )


def _add_routes(app: FastAPI) -> None:
    # Nothing under /v1 is without one of these but what is named in tests/unit/test_api_admission.py.
    for part, admission in (
        (chat, may_ask),
        (conversations, may_use),
        (answers, may_use),
        (suggestions, may_read),
        (corpus, may_read),
        (sessions, may_begin_session),
        (chat_page, may_see_pages),
        (sources, may_see_pages),
        (passage, may_see_pages),
        (about, may_see_pages),
    ):
        app.include_router(part.router, dependencies=[Depends(admission)])
    for part in (health, widget_files):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.mount("/widget", widget_files.widget_files)


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
    await app.state.access.counter.close()
    app.state.store.close()
    await run_in_threadpool(app.state.telemetry.close)


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


def _complete_description(app: FastAPI, settings: ApiSettings) -> None:
    """Adds to /openapi.json what FastAPI leaves out: schemas that no route returns as JSON, nulls in examples, who may ask."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        schema = describe()
        schema["components"]["schemas"].update(problem_schemas())
        security_schemes.describe(schema, settings)
        for (path, method, status, media_type), example in EXAMPLES.items():
            schema["paths"][path][method]["responses"][status]["content"][media_type]["example"] = example
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
