"""Damage that the suite must notice. Most of it is done to answers; broken follow-ups are asked for real."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.types import AnswerStatus, ContentKind, NoticeKind, SourceStatus, StatementKind
from evals.ask import Channel
from evals.cases import SHOWING, Case
from evals.records import Held, Record

Answer = Mapping[str, Any]
_EVERY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is damaged: the cases, their sound answers, the corpus, and the product to ask again."""

    cases: Sequence[Case]
    records: Sequence[Record]
    held: Held
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One way to be wrong, in words, and what does it."""

    what: str
    damage: Callable[[Scene], list[Record]]


def _each(change: Callable[[Answer, Record, Held], Answer]) -> Callable[[Scene], list[Record]]:
    """Damages every answer by itself."""

    def damage(scene: Scene) -> list[Record]:
        return [
            replace(record, answer=dict(change(record.answer, record, scene.held))) if record.answer else record
            for record in scene.records
        ]

    return damage


def shuffle_citations(answer: Answer, _: Record, __: Held) -> Answer:
    """Every statement gets the citations of the next one."""
    statements = answer["statements"]
    turned = [each["citations"] for each in (*statements[1:], *statements[:1])]
    return {
        **answer,
        "statements": [{**each, "citations": numbers} for each, numbers in zip(statements, turned, strict=True)],
    }


def drop_superseded_notices(answer: Answer, _: Record, __: Held) -> Answer:
    """Old guidance comes without its warning."""
    return {**answer, "notices": [each for each in answer["notices"] if each["kind"] != NoticeKind.SUPERSEDED]}


def alter_a_digit(answer: Answer, _: Record, __: Held) -> Answer:
    """The first digit of each quote is one higher, in statement and citation alike."""
    return {
        **answer,
        "statements": [{**each, "text": _one_higher(each["text"])} for each in answer["statements"]],
        "citations": [{**each, "quote": _one_higher(each["quote"])} for each in answer["citations"]],
    }


def _one_higher(text: str) -> str:
    place = next((place for place, letter in enumerate(text) if letter in "0123456789"), None)
    if place is None:
        return text
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


def quote_the_second_best_source(answer: Answer, record: Record, held: Held) -> Answer:
    """An answer is quoted from the best passage of another source than the one that it rests on."""
    if not answer["citations"]:
        return answer
    best = answer["citations"][0]["source_id"]
    others = [each for each in record.retrieved or () if held.passages[each].source_id != best]
    return _quoting(answer, others[0], held) if others else answer


def answer_the_unanswerable(answer: Answer, record: Record, held: Held) -> Answer:
    """Where it was refused, the nearest passage is given for an answer."""
    if answer["status"] in SHOWING or not record.retrieved:
        return answer
    return _quoting(answer, record.retrieved[0], held)


def refuse(answer: Answer, _: Record, __: Held) -> Answer:
    """Nothing is answered any more."""
    return {**answer, "status": AnswerStatus.UNANSWERABLE.value, "statements": [], "citations": [], "notices": []}


def _quoting(answer: Answer, passage_id: str, held: Held) -> Answer:
    """An answer that quotes one whole passage: verbatim and cited, whatever was asked."""
    passage = held.passages[passage_id]
    source = held.sources[passage.source_id]
    citation = {
        "number": 1,
        "quote": passage.text,
        "passage_id": passage_id,
        "source_id": passage.source_id,
        "publisher": source.publisher,
        "title": source.title,
        "heading_path": passage.heading_path,
        "source_status": SourceStatus(source.status).value,
        "content": ContentKind.DIGEST.value,
    }
    statement = {"text": passage.text, "kind": StatementKind.QUOTED.value, "citations": [1]}
    return {**answer, "status": AnswerStatus.ANSWERED.value, "statements": [statement], "citations": [citation]}


def forget_the_history(scene: Scene) -> list[Record]:
    """Follow-ups are asked as if nothing had gone before."""
    again = {
        case.id: replace(scene.channel.ask(case.model_copy(update={"history": ()})), asked=case.asked)
        for case in scene.cases
        if case.history
    }
    return [again.get(record.case, record) for record in scene.records]


def fail_now_and_then(scene: Scene) -> list[Record]:
    """Every tenth question ends in an error."""
    return [
        replace(record, answer=None, error="RuntimeError: damaged on purpose") if place % _EVERY == 0 else record
        for place, record in enumerate(scene.records)
    ]


def lose_rows(scene: Scene) -> list[Record]:
    """Every tenth answer is not there at all."""
    return [record for place, record in enumerate(scene.records) if place % _EVERY]


MUTATIONS: Mapping[str, Mutation] = {
    "shuffled-citations": Mutation(what="citations belong to other statements", damage=_each(shuffle_citations)),
    "no-superseded-notice": Mutation(what="old guidance has no warning", damage=_each(drop_superseded_notices)),
    "altered-digit": Mutation(what="a digit of each quote is altered", damage=_each(alter_a_digit)),
    "second-best-source": Mutation(what="the second-best source is quoted", damage=_each(quote_the_second_best_source)),
    "answers-everything": Mutation(what="the unanswerable is answered", damage=_each(answer_the_unanswerable)),
    "answers-nothing": Mutation(what="everything is refused", damage=_each(refuse)),
    "no-history": Mutation(what="follow-ups forget what went before", damage=forget_the_history),
    "errors": Mutation(what="every tenth question ends in an error", damage=fail_now_and_then),
    "lost-rows": Mutation(what="every tenth answer is missing", damage=lose_rows),
}
