"""Cases are asked of the real product, over a small index in memory; what breaks it becomes a record."""

from collections.abc import Sequence
from dataclasses import replace

from eval_examples import make_case
from index_builder import build_index, make_source

from assistant.adapters.memory import HashEmbedder
from assistant.answer import Assistant
from assistant.ports import Embedder
from assistant.types import Vectors
from evals.ask import InProcess
from evals.draft import draft, slug
from evals.gaps import gaps, unanswered
from evals.impact import ask_all, changes, side_by_side
from evals.records import held_by
from evals.score import score

TEXTS = {
    "lga-new": {
        "Thresholds": ["The threshold for services is £207,720 from January. Councils check the threshold each year."],
        "Cakes": ["Bake the cake with butter and flour for an hour."],
    }
}


def product(texts: dict[str, dict[str, list[str]]] = TEXTS, embedder: Embedder | None = None) -> Assistant:
    index = build_index([make_source(source) for source in texts], texts)
    return Assistant(index, embedder or HashEmbedder(), evidence_threshold=0.05, quote_words=60)


def test_an_answer_is_kept_with_its_time_and_with_what_was_found() -> None:
    channel = InProcess(product())
    case = make_case(question="What is the threshold for services?")
    record = channel.ask(case)
    assert record.error is None
    assert record.asked == case.asked
    assert record.milliseconds > 0
    assert record.retrieved
    assert record.retrieved[0].startswith("lga-new:")
    assert score(case, record, channel.held()).passed
    assert InProcess(product(), searching=False).ask(case).retrieved is None


def test_a_question_that_cannot_be_used_is_an_answer_that_asks_for_another() -> None:
    case = make_case(question="", status=["clarify"], sources=[], shows=[])
    record = InProcess(product()).ask(case)
    assert record.answer is not None
    assert record.answer["status"] == "clarify"
    assert score(case, record, held_by(product().index)).passed


class BrokenEmbedder(HashEmbedder):
    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("the model is broken")


def test_an_exception_is_an_error_of_its_case_and_ends_nothing() -> None:
    cases = [make_case("first"), make_case("second")]
    records = ask_all(InProcess(product(embedder=BrokenEmbedder())), cases, lambda done: None)
    assert [record.error for record in records] == ["RuntimeError: the model is broken"] * 2
    assert not score(cases[0], records[0], held_by(product().index)).passed


def test_history_is_asked_turn_by_turn_and_reaches_the_question() -> None:
    case = make_case(question="and how often is it checked?", history=["What is the threshold for services?"])
    alone = case.model_copy(update={"history": ()})
    channel = InProcess(product())
    assert channel.ask(case).retrieved != channel.ask(alone).retrieved or (
        channel.ask(case).answer != channel.ask(alone).answer
    )


def test_the_same_cases_get_the_same_answers_whatever_runs_beside_them() -> None:
    cases = [make_case(f"case-{number}", question="What is the threshold for services?") for number in range(20)]
    channel = InProcess(product())
    together = ask_all(channel, cases, lambda done: None)
    assert [record.case for record in together] == [case.id for case in cases]
    assert changes(cases, together, [channel.ask(case) for case in cases]) == []


def test_impact_names_what_differs_and_shows_it_side_by_side() -> None:
    edited = {"lga-new": TEXTS["lga-new"] | {"Thresholds": ["The threshold for services is £214,904 from January."]}}
    cases = [
        make_case(question="What is the threshold for services?"),
        make_case("cake", question="Bake the cake with butter"),
    ]
    before, after = (ask_all(InProcess(product(texts)), cases, lambda done: None) for texts in (TEXTS, edited))
    [change] = changes(cases, before, after)
    assert change.case == "threshold"
    assert "answer" in change.what
    left, right = ("\n".join(column) for column in zip(*side_by_side(change), strict=True))
    assert "“The threshold for services is £207,720 from January.”" in left
    assert "“The threshold for services is £214,904 from January.”" in right
    assert "£214,904" not in left


def test_a_draft_expects_what_was_answered_and_cannot_pass_for_finished() -> None:
    question = "What is the threshold for services?"
    record = InProcess(product()).ask(make_case(question=question))
    text = draft(question, (), record)
    assert "- id: threshold-services\n" in text
    assert "sources: [lga-new]" in text
    assert text.count("FILL IN") == 2
    assert slug("Why?!") == "case"


def test_gaps_group_what_went_unanswered_and_leave_out_what_nobody_here_should_answer() -> None:
    held = held_by(product().index)
    refused = {"status": "unanswerable", "statements": [], "citations": [], "notices": [], "suggestion": None}
    cases = [
        make_case("escrow-1", question="source code escrow deposit"),
        make_case("escrow-2", question="source code escrow deposit release"),
        make_case("bins", question="emptying of litter bins at weekends"),
        make_case("pick", question="which supplier is best", status=["declined"], sources=[], shows=[]),
    ]
    passage = next(iter(held.passages))
    records = [
        replace(InProcess(product()).ask(case), answer=refused, error=None, retrieved=(passage,)) for case in cases
    ]
    found = gaps(unanswered(cases, records), HashEmbedder(), held)
    assert [len(gap.questions) for gap in found] == [2, 1]
    assert found[0].topic.startswith(("escrow", "source", "deposit"))
    assert found[0].nearest == ("Example",)
    assert gaps([], HashEmbedder(), held) == []
