"""Who calls. Authentication is off: everyone who reaches the service is the same owner."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

LOCAL_OWNER = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose conversations, answers and feedback a request may see."""

    owner: str


async def caller_of() -> Caller:
    """The owner “local”."""
    return Caller(owner=LOCAL_OWNER)


CurrentCaller = Annotated[Caller, Depends(caller_of)]
