"""Whether the process lives (/healthz) and whether it can answer (/readyz)."""

import logging
from typing import Literal

from fastapi import APIRouter, Request
from fastapi_problem.error import Problem
from pydantic import BaseModel, ConfigDict, Field

from api.problems import documented
from api.serving import serving_of
from assistant.errors import BuildError, ModelError

logger = logging.getLogger(__name__)
router = APIRouter(tags=["health"])

_TITLE = "Not ready"


class HealthJson(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class PhrasingJson(BaseModel):
    """The language model that phrases answers."""

    model_config = ConfigDict(from_attributes=True)

    model: str
    phrases: bool = Field(
        description="Whether it phrases answers at the moment. Where it does not, answers are quotes."
    )
    detail: str | None = Field(description="What is wrong, and which setting to look at.")


class ReadyJson(BaseModel):
    """Questions can be answered, from this build."""

    status: Literal["ready"] = "ready"
    build_id: str
    phrasing: PhrasingJson | None = Field(default=None, description="Null where no language model is set.")


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> HealthJson:
    """Constant: it touches neither the index nor the disk, so that a restart never follows from a missing build."""
    return HealthJson()


@router.get(
    "/readyz",
    summary="Can questions be answered?",
    responses=documented(
        (503, "not-ready", _TITLE, "index: There is no index in data yet. Make one: python -m ingest build")
    ),
)
def readyz(request: Request) -> ReadyJson:
    """Looks for the serving build each time; says which part failed and the remedy."""
    try:
        serving = serving_of(request)
        build_id = serving.current().index.info.id
        phrasing = PhrasingJson.model_validate(serving.phrasing) if serving.phrasing else None
        return ReadyJson(build_id=build_id, phrasing=phrasing)
    except BuildError as error:
        raise _not_ready("index", str(error)) from error
    except ModelError as error:
        raise _not_ready("model", str(error)) from error
    except Exception as error:  # A probe must get an answer whatever is broken.
        logger.exception("the serving build can't be opened")
        remedy = "The serving build can't be opened; the log says why. Build again: python -m ingest build"
        raise _not_ready("index", remedy) from error


def _not_ready(part: str, reason: str) -> Problem:
    return Problem(_TITLE, type_="not-ready", status=503, detail=f"{part}: {reason}")
