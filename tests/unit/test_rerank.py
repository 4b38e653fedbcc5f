from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from index_builder import build_index, make_source

from assistant.adapters.memory import HashEmbedder, OverlapReranker
from assistant.answer import Assistant
from assistant.query import understand
from assistant.rerank import rerank, texts_to_rerank
from assistant.retrieve import HITS, retrieve
from assistant.types import Filters, Query, Question, Retrieval, SourceStatus

TODAY = date(2026, 11, 22)
TEXTS = [f"Contract rule number {number} on suppliers." for number in range(HITS + 5)]
MANY = build_index([make_source("many", title="Guide")], {"many": {"Rules": TEXTS}})


def found(text: str = "contract rule on suppliers") -> tuple[Question, Retrieval]:
    question = understand(text, MANY)
    vectors = HashEmbedder().embed_queries([query.text for query in question.queries])
    return question, retrieve(question, vectors, MANY, today=TODAY)


def ids(retrieval: Retrieval) -> list[str]:
    return [hit.passage.id for hit in (*retrieval.hits, *retrieval.rejected)]


def scores(*values: float) -> list[np.ndarray]:
    return [np.array(values, dtype=np.float32)]


def test_the_best_get_the_reranker_s_order_and_the_rest_follow_as_before() -> None:
    question, before = found()
    after = rerank(question, before, scores(0.1, 0.3, 0.2), today=TODAY)
    old = ids(before)
    assert ids(after) == [old[1], old[2], old[0], *old[3:]]
    assert [hit.relevance for hit in after.hits[:4]] == [*map(pytest.approx, (0.3, 0.2, 0.1)), None]


def test_rank_scores_keep_their_scale_because_quoting_weighs_them() -> None:
    question, before = found()
    after = rerank(question, before, scores(*np.linspace(0, 1, 12)), today=TODAY)
    assert ids(after)[:12] == ids(before)[:12][::-1]
    assert [hit.score for hit in (*after.hits, *after.rejected)] == [
        hit.score for hit in (*before.hits, *before.rejected)
    ]


def test_a_candidate_may_come_in_from_beyond_the_hits_and_one_go_out() -> None:
    question, before = found()
    after = rerank(question, before, scores(*[0.5] * HITS, 0.9), today=TODAY)
    assert after.hits[0].passage == before.rejected[0].passage
    assert after.hits[0].rejected is None
    assert after.rejected[0].passage == before.hits[-1].passage
    assert after.rejected[0].rejected == f"ranked {HITS + 1}, after the best {HITS}"


def test_equal_scores_keep_their_order() -> None:
    question, before = found()
    assert ids(rerank(question, before, scores(*[0.5] * 15), today=TODAY)) == ids(before)


def test_each_query_of_a_conversation_counts_by_its_weight() -> None:
    question, before = found()
    two = replace(question, queries=(question.queries[0], Query(text="other", terms=(), weight=0.5)))
    after = rerank(two, before, [*scores(0.9, 0.0), *scores(0.0, 0.6)], today=TODAY)
    assert [hit.relevance for hit in after.hits[:2]] == [pytest.approx(0.6), pytest.approx(0.2)]


def test_of_two_that_answer_alike_the_current_one_still_comes_first() -> None:
    text = "The pipeline notice is a duty above £100m."
    index = build_index(
        [make_source("old", status=SourceStatus.SUPERSEDED, superseded_by=("new",)), make_source("new")],
        {"old": {"H": [text]}, "new": {"H": [text]}},
    )
    question = understand("pipeline notice", index)
    vectors = HashEmbedder().embed_queries([query.text for query in question.queries])
    before = retrieve(question, vectors, index, today=TODAY)
    assert [hit.source.id for hit in before.hits] == ["new", "old"]
    assert [hit.source.id for hit in rerank(question, before, scores(0.90, 0.93), today=TODAY).hits] == ["new", "old"]
    assert [hit.source.id for hit in rerank(question, before, scores(0.10, 0.93), today=TODAY).hits] == ["old", "new"]


def test_the_reranker_reads_title_headings_and_text_of_the_best() -> None:
    _, before = found()
    texts = texts_to_rerank(before, 12)
    assert len(texts) == 12
    assert texts[0] == f"Guide\nRules\n{before.hits[0].passage.text}"
    assert texts[10] == f"Guide\nRules\n{before.rejected[0].passage.text}"


def test_the_assistant_reranks_only_where_it_is_given_a_reranker() -> None:
    plain = Assistant(MANY, HashEmbedder(), evidence_threshold=0.0, quote_words=60)
    reranking = Assistant(
        MANY, HashEmbedder(), evidence_threshold=0.0, quote_words=60, reranker=OverlapReranker(), reranked=3
    )
    question = "contract rule number 7 on suppliers"
    assert [hit.relevance for hit in plain.search(question)[1].hits] == [None] * HITS
    relevance = [hit.relevance for hit in reranking.search(question)[1].hits]
    assert all(relevance[:3])
    assert relevance[3:] == [None] * (HITS - 3)
    answer = reranking.ask(question)
    assert "7" in answer.statements[0].text
    assert "rerank" not in plain.ask(question).timings


def test_nothing_found_is_not_reranked() -> None:
    empty = build_index([make_source("one")], {"one": {"H": ["A single sentence."]}})
    assistant = Assistant(empty, HashEmbedder(), evidence_threshold=0.0, quote_words=60, reranker=OverlapReranker())
    _, retrieval, _ = assistant.search("single sentence", filters=Filters(publishers=("Nobody",)))
    assert retrieval.hits == ()
