"""What is observed of an answer: a line in the log, and counts. Never what was asked or said, nor whose it was."""

import logging
from collections.abc import Callable

from assistant.types import Answer

Observe = Callable[[Answer], None]
logger = logging.getLogger(__name__)


def log_answer(answer: Answer) -> None:
    """One line an answer. `findings` are the kinds of what the guard found, such as `misuse:contract_value` or `steering:override`."""
    notices = sorted({notice.kind.value for notice in answer.notices})
    timings = {step: round(milliseconds, 1) for step, milliseconds in answer.timings.items()}
    fields = {
        "event": "answer",
        "status": answer.status.value,
        "findings": list(answer.findings),
        "notices": notices,
        "statements": len(answer.statements),
        "evidence": round(answer.evidence, 3) if answer.evidence is not None else None,
        "build_id": answer.build_id,
        "milliseconds": timings,
    }
    told = [answer.status.value, f"{len(answer.statements)} statements", f"{sum(timings.values()):.0f} ms"]
    told += [", ".join(answer.findings)] if answer.findings else []
    logger.info("answer: %s", "; ".join(told), extra={"fields": fields})
