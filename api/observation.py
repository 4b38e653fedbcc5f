"""What is observed of an answer: a line in the log, and counts. Never what was asked or said, nor whose it was."""

import logging
from collections.abc import Callable

from assistant.types import Answer

Observe = Callable[[Answer], None]
logger = logging.getLogger(__name__)


def phrasing_of(answer: Answer) -> str | None:
    """What became of the language model's draft, in a word: `phrased`, or why not. None where no model is set."""
    if answer.wording is None:
        return None
    reason = answer.wording.not_phrased
    return reason.name.lower() if reason is not None else "phrased"


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
        "phrasing": phrasing_of(answer),
        "build_id": answer.build_id,
        "milliseconds": timings,
    }
    told = [answer.status.value, f"{len(answer.statements)} statements", f"{sum(timings.values()):.0f} ms"]
    told += [", ".join(answer.findings)] if answer.findings else []
    logger.info("answer: %s", "; ".join(told), extra={"fields": fields})
