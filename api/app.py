"""Puts the server together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import chat, corpus, health, pages, security_schemes, sessions
from api.access import open_access
from api.admission import may_ask, may_begin_session, may_read, may_see_pages
from api.edge import Edge
from api.problems import ANY_PROBLEM, install, problem_schemas
from api.serving import Room, as_many_as_cores
from api.settings import ApiSettings
from api.store import Store
from assistant.assembly import ServingAssistant
from assistant.errors import GuidanceError

logger = logging.getLogger(__name__)


def create_app(
    serving: ServingAssistant, settings: ApiSettings, store: Store | None = None, *, key_store: Store | None = None
) -> FastAPI:
    """The application. `serving` is opened when the server starts, and asked for the current build at each request.

    Without a `store` every question stands alone, and nothing of it is kept. `key_store` is where API keys are, if not there.
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
    app.state.access = open_access(settings, key_store or store)
    app.state.answering = as_many_as_cores()
    app.state.questions = Room(at_once=app.state.answering.total_tokens, waiting=settings.questions_waiting)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    app.add_middleware(
        Edge,
        origins=settings.widget_origins,
        allowed_hosts=(*settings.allowed_hosts, settings.host),
        max_body_bytes=settings.max_body_bytes,
        to_response=install(app),
    )
    # Nothing under /v1 is without one of these but what is named in tests/unit/test_api_admission.py.
    for part, admission in (
        (chat, may_ask),
        (corpus, may_read),
        (sessions, may_begin_session),
        (pages, may_see_pages),
    ):
        app.include_router(part.router, dependencies=[Depends(admission)])
    app.include_router(health.router)
    app.mount("/widget", pages.widget_files)
    _complete_description(app, settings)
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
    await app.state.access.counter.close()


def _complete_description(app: FastAPI, settings: ApiSettings) -> None:
    """Adds to /openapi.json what FastAPI leaves out: schemas that no route returns as JSON, nulls in examples, who may ask."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        schema = describe()
        schema["components"]["schemas"].update(problem_schemas())
        security_schemes.describe(schema, settings)
        answered = schema["paths"]["/v1/chat"]["post"]["responses"]["200"]["content"]["application/json"]
        answered["example"] = chat.EXAMPLE_ANSWER
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
