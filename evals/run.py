"""Asks the cases and scores the answers."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Any

from assistant.answer import Assistant
from assistant.errors import QuestionError
from assistant.types import Answer, AnswerStatus, Turn
from assistant.wire import to_dict
from evals.cases import Case
from evals.score import Score, score


def ask_case(assistant: Assistant, case: Case) -> dict[str, Any]:
    """Answers a case through the product's public interface, its history turn by turn. Returns the answer as JSON."""
    turns: list[Turn] = []
    for earlier in case.history:
        before = _ask(assistant, earlier, turns)
        turns.append(Turn(question=earlier, answer=" ".join(statement.text for statement in before.statements)))
    return to_dict(_ask(assistant, case.question, turns))


def _ask(assistant: Assistant, question: str, turns: Sequence[Turn]) -> Answer:
    try:
        return assistant.ask(question, history=turns)
    except QuestionError as error:
        # A question that is refused before it is looked at was not answered.
        return Answer(
            id=error.code,
            question=question,
            status=AnswerStatus.CLARIFY,
            suggestion=str(error),
            build_id=assistant.index.info.id,
        )


def run(
    assistant: Assistant, cases: Iterable[Case], report: Callable[[int], None]
) -> list[tuple[Case, dict[str, Any], Score]]:
    """Every case with its answer and score. `report` is called with how many are done."""
    results = []
    for done, case in enumerate(cases, 1):
        answer = ask_case(assistant, case)
        results.append((case, answer, score(case, answer)))
        report(done)
    return results


def summarise(results: Sequence[tuple[Case, dict[str, Any], Score]]) -> dict[str, Any]:
    """Means over the cases that a measure concerns, and the share of passed cases by kind."""
    scores = [each for _, _, each in results]
    kinds = sorted({each.kind for each in scores})
    must = [each for case, _, each in results if case.must_answer]
    must_not = [each for case, _, each in results if case.must_not_answer]
    return {
        "cases": len(scores),
        "passed": _mean(each.passed for each in scores),
        "status_right": _mean(each.status_right for each in scores),
        "answered_when_it_must": _mean(each.status_right for each in must),
        "held_back_when_it_must": _mean(each.status_right for each in must_not),
        "source_right": _mean(each.source_right for each in scores if each.source_right is not None),
        "facts_shown": _mean(each.facts_shown for each in scores if each.facts_shown is not None),
        "notices_shown": _mean(each.notices_shown for each in scores if each.notices_shown is not None),
        "forbidden": sum(each.forbidden for each in scores),
        "words": _mean(each.words for each in scores if each.words),
        "passed_by_kind": {kind: _mean(each.passed for each in scores if each.kind == kind) for kind in kinds},
    }


def _mean(values: Iterable[float | None]) -> float | None:
    found = [float(value) for value in values if value is not None]
    return round(fmean(found), 4) if found else None
