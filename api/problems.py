"""Every error as an RFC 9457 problem document: its stable type, and words that say what happened and what to do.

The types are listed in docs/integrators.md.
"""

import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi_problem.error import Problem, StatusProblem
from fastapi_problem.handler import ExceptionHandler, new_exception_handler
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from api.page_templates import render
from api.store_problems import STORE_PROBLEMS
from api.validation import FieldProblem, field_problems
from assistant.errors import BuildError, GuidanceError, ModelError, NotFoundError, QuestionError

logger = logging.getLogger(__name__)

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
PROBLEM_MEDIA_TYPE = "application/problem+json"
TYPE_TEMPLATE = "/problems/{type}"
_NOT_READY = (
    "There is no usable index of guidance at the moment, so this can't be answered. Try again later; "
    "whoever runs this service finds the reason at /readyz."
)
_SCHEMA = {"$ref": "#/components/schemas/ProblemJson"}
# What Starlette and FastAPI raise by themselves, as (type, title, detail).
_BY_STATUS = {
    400: ("body-unreadable", "The request can't be read", "The body can't be read. Send a JSON object in UTF-8."),
    404: ("not-found", "Not found", "There is nothing at this address. /openapi.json lists the API's addresses."),
    405: ("method-not-allowed", "Method not allowed", "This address does not take this method. See the Allow header."),
    413: ("body-too-large", "The request is too large", "The request is longer than this service reads. Send less."),
}


class ProblemJson(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="Stable: branch on this.")
    title: str
    status: int
    detail: str = Field(description="For people: what happened and what to do.")
    request_id: str = Field(description="As in the X-Request-Id header and in the server's log.")
    errors: tuple[FieldProblem, ...] = Field(default=(), description="The fields that are wrong, where some are.")


class InternalProblem(StatusProblem):
    """What a caller sees of an unexpected error: nothing of its text, which may hold anything."""

    type_ = "internal"
    title = "Something went wrong"
    status = 500

    def __init__(self, _detail: str | None = None) -> None:
        super().__init__("Something went wrong in this service. Try again; if it goes on, report the request id.")


def install(app: FastAPI) -> ExceptionHandler:
    """Makes a problem document of every exception that the app raises. Returns what does it."""
    kinds: dict[type[Exception], Callable[[Any, Request, Any], Problem]] = {
        QuestionError: _question,
        NotFoundError: _not_found,
        BuildError: _not_ready,
        ModelError: _not_ready,
        **dict.fromkeys(STORE_PROBLEMS, _store),
    }
    handler = new_exception_handler(
        unhandled_wrappers={"default": InternalProblem},
        handlers=dict(kinds),
        post_hooks=[_add_request_id, _as_page],
        documentation_uri_template=TYPE_TEMPLATE,
        http_exception_handler=_http,
        request_validation_handler=_validation,
    )
    for kind in (Problem, HTTPException, RequestValidationError, *kinds):
        app.add_exception_handler(kind, handler)
    return handler


def _question(_: ExceptionHandler, __: Request, error: QuestionError) -> Problem:
    return Problem("The question can't be used", type_=error.code, status=422, detail=str(error))


def _not_found(_: ExceptionHandler, __: Request, error: NotFoundError) -> Problem:
    return Problem("Not held", type_="not-held", status=404, detail=str(error))


def _not_ready(_: ExceptionHandler, __: Request, error: BuildError | ModelError) -> Problem:
    # The reason names folders of this machine: it is for the log and for /readyz, not for every caller.
    logger.warning("not ready: %s", error)
    return Problem("The guidance can't be searched at the moment", type_="not-ready", status=503, detail=_NOT_READY)


def _store(_: ExceptionHandler, __: Request, error: GuidanceError) -> Problem:
    return STORE_PROBLEMS[type(error)]()


def as_problem(request: Request, error: Exception) -> ProblemJson:
    """What the response to this error would have been, for a response that has begun."""
    response = request.app.state.to_response(request, error)
    return ProblemJson.model_validate_json(response.body)


def _http(_: ExceptionHandler, request: Request, error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    unforeseen = (f"http-{error.status_code}", phrase, "The request was refused.")
    name, title, detail = _BY_STATUS.get(error.status_code, unforeseen)
    headers = dict(error.headers) if error.headers else None
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (allowed := _allowed(request)):
        headers = {"Allow": allowed}
    return Problem(title, type_=name, status=error.status_code, detail=detail, headers=headers)


def _allowed(request: Request) -> str:
    """All methods of an address: Starlette names those of the first route only, where several routes share it (RFC 9110, 10.2.1)."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    return ", ".join(
        method
        for method in ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    )


def _validation(_: ExceptionHandler, __: Request, error: RequestValidationError) -> Problem:
    errors = error.errors()
    if errors[0]["type"] == "json_invalid":
        detail = f"The body is not valid JSON: {errors[0]['ctx']['error']}, at character {errors[0]['loc'][1]}."
        return Problem("The body is not valid JSON", type_="json-invalid", status=422, detail=detail)
    found = field_problems(errors)
    return Problem(
        "The request can't be used as it is",
        type_="request-invalid",
        status=422,
        detail=" ".join(f"{each.field} {each.problem}." for each in found),
        errors=[each.model_dump() for each in found],
    )


def _add_request_id(content: dict[str, Any], request: Request, response: Response) -> tuple[dict[str, Any], Response]:
    content = {**content, "request_id": REQUEST_ID.get()}
    response.body = response.render(content)
    return content, response


def _as_page(content: dict[str, Any], request: Request, response: Response) -> tuple[dict[str, Any], Response]:
    """Somebody who follows a link in a browser gets the same words as a page."""
    if request.scope["path"].startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return content, response
    page = HTMLResponse(render("problem.html", problem=content), status_code=response.status_code)
    kept = {"allow", "retry-after", "www-authenticate"}
    page.headers.update({name: value for name, value in response.headers.items() if name in kept})
    return content, page


def documented(*examples: tuple[int, str, str, str]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems, each given as (status, type, title, detail)."""
    return {status: _documented(status, name, title, detail) for status, name, title, detail in examples}


def _documented(status: int, name: str, title: str, detail: str) -> dict[str, Any]:
    example = {
        "type": TYPE_TEMPLATE.format(type=name),
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": "8b7de2b1f1c54c3a9d0c6a3b5a0e4f21",
    }
    return {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM_MEDIA_TYPE: {"schema": _SCHEMA, "example": example}},
    }


# For FastAPI's `responses`. Without it FastAPI would announce validation errors of its own shape at every address.
ANY_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem document (RFC 9457)",
        "content": {PROBLEM_MEDIA_TYPE: {"schema": _SCHEMA}},
    }
}


def problem_schemas() -> Mapping[str, Any]:
    """The schemas that `documented` refers to, for the OpenAPI document."""
    schema = ProblemJson.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), "ProblemJson": schema}
