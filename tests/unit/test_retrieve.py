from datetime import date

import numpy as np
import pytest
from index_builder import build_index, make_source

from assistant.adapters.memory import HashEmbedder
from assistant.index import Index
from assistant.query import understand
from assistant.retrieve import HITS, MOST_OF_A_SOURCE, allowed_sources, fuse, retrieve, share_of_best
from assistant.types import Filters, LegalRegime, Nation, Retrieval, SourceStatus


def search(index: Index, text: str, filters: Filters | None = None, today: date = date(2026, 11, 22)) -> Retrieval:
    question = understand(text, index)
    vectors = HashEmbedder().embed_queries([query.text for query in question.queries])
    return retrieve(question, vectors, index, today=today, filters=filters)


OLD, NEW = "The pipeline notice was voluntary in 2020.", "The pipeline notice is a duty above £100m."
INDEX = build_index(
    [
        make_source("old", status=SourceStatus.SUPERSEDED, superseded_by=("new",)),
        make_source("new", publisher="Cabinet Office", nations=(Nation.WALES,), published="2024-12"),
        make_source("other", published=None),
    ],
    {
        "old": {"Pipeline": [OLD]},
        "new": {"Pipeline": [NEW]},
        "other": {"Data": ["Data is returned free of charge.", "Bread rises."]},
    },
)


def test_what_shares_the_question_s_words_comes_first_and_says_why_it_did() -> None:
    best = search(INDEX, "Is data returned free?").hits[0]
    assert best.passage.text == "Data is returned free of charge."
    assert best.coverage == pytest.approx(1.0)
    assert best.lexical == pytest.approx(1.0)


def test_superseded_text_ranks_below_what_replaced_it_and_is_still_found() -> None:
    hits = search(INDEX, "pipeline notice").hits
    assert [hit.source.id for hit in hits][:2] == ["new", "old"]
    assert search(INDEX, "was the pipeline notice voluntary in 2020?").hits[0].source.id == "old"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), None),
        (Filters(publishers=("cabinet office",)), {"new"}),
        (Filters(publishers=("LGA",), nations=(Nation.ENGLAND,)), {"old", "other"}),
        (Filters(nations=(Nation.SCOTLAND,)), set()),
        (Filters(statuses=(SourceStatus.SUPERSEDED,)), {"old"}),
        (Filters(statuses=(SourceStatus.CURRENT, SourceStatus.SUPERSEDED)), {"old", "new", "other"}),
        (Filters(published_from="2024"), {"old", "new"}),
        (Filters(published_from="2025-06"), set()),
    ],
)
def test_filters(filters: Filters, expected: set[str] | None) -> None:
    assert allowed_sources(INDEX.sources.values(), filters) == expected


def test_a_filter_holds_for_both_ways_of_finding() -> None:
    retrieval = search(INDEX, "pipeline notice", Filters(publishers=("Cabinet Office",)))
    assert {hit.source.id for hit in (*retrieval.hits, *retrieval.rejected)} == {"new"}
    assert search(INDEX, "pipeline notice", Filters(nations=(Nation.SCOTLAND,))).hits == ()


def test_what_is_not_among_the_best_is_kept_with_its_reason() -> None:
    texts = [f"Contract rule number {number} on suppliers." for number in range(HITS + 5)]
    index = build_index([make_source("many")], {"many": {"Rules": texts}})
    retrieval = search(index, "contract rule on suppliers")
    assert len(retrieval.hits) == HITS
    assert [hit.rejected for hit in retrieval.rejected] == [
        f"ranked {place}, after the best {HITS}" for place in range(HITS + 1, HITS + 6)
    ]
    assert all(hit.rejected is None for hit in retrieval.hits)


def test_equal_scores_keep_the_order_of_the_corpus() -> None:
    index = build_index(
        [make_source("a"), make_source("b")], {"b": {"H": ["Same words here."]}, "a": {"H": ["Same words here."]}}
    )
    assert [hit.source.id for hit in search(index, "same words").hits] == ["b", "a"]


def test_a_corpus_of_one_passage_can_be_searched() -> None:
    index = build_index([make_source("one")], {"one": {"H": ["A single sentence."]}})
    assert [hit.passage.text for hit in search(index, "anything else").hits] == ["A single sentence."]


def test_fusion_adds_signals_on_fixed_scales() -> None:
    one, half = np.array([1.0], dtype=np.float32), np.array([0.5], dtype=np.float32)
    assert fuse(one, one, one, one)[0] == pytest.approx(1.4)
    assert fuse(half, one, one * 0, one * 0)[0] == pytest.approx(0.75)
    np.testing.assert_allclose(share_of_best(np.array([0.0, 2.0, 4.0], dtype=np.float32)), [0.0, 0.5, 1.0])
    np.testing.assert_allclose(share_of_best(np.zeros(2, dtype=np.float32)), [0.0, 0.0])


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"status": SourceStatus.SUPERSEDED, "superseded_by": ("good",)}, "pipeline notice"),
        ({"status": SourceStatus.HISTORIC}, "pipeline notice"),
        ({"legal_regime": LegalRegime.PCR_2015}, "pipeline notice"),
        ({"valid_to": date(2026, 11, 21)}, "pipeline notice"),
        ({"valid_from": date(2026, 11, 23)}, "pipeline notice"),
        ({"review_by": date(2026, 11, 21)}, "pipeline notice"),
        ({"nations": (Nation.SCOTLAND,)}, "pipeline notice in England"),
    ],
)
def test_of_two_sources_that_say_the_same_the_one_that_holds_today_comes_first(
    changes: dict[str, object], question: str
) -> None:
    texts = {"bad": {"H": [NEW]}, "good": {"H": [NEW]}}
    index = build_index([make_source("bad", **changes), make_source("good")], texts)
    assert [hit.source.id for hit in search(index, question).hits] == ["good", "bad"]


def test_the_clock_moves_a_source_down_when_its_last_day_has_passed() -> None:
    index = build_index(
        [make_source("ends", valid_to=date(2027, 12, 31)), make_source("stays")],
        {"ends": {"H": [NEW]}, "stays": {"H": [NEW]}},
    )
    assert search(index, "pipeline notice", today=date(2027, 12, 31)).hits[0].source.id == "ends"
    assert search(index, "pipeline notice", today=date(2028, 1, 1)).hits[0].source.id == "stays"


def test_one_document_does_not_fill_the_list_while_others_are_there() -> None:
    long = {"Notices": [f"Pipeline notice rule number {number} applies." for number in range(9)]}
    index = build_index(
        [make_source("long"), *(make_source(f"other-{number}") for number in range(9))],
        {"long": long}
        | {f"other-{number}": {"H": [f"A pipeline is mentioned {number} times."]} for number in range(9)},
    )
    found = search(index, "pipeline notice rule")
    assert sum(hit.source.id == "long" for hit in found.hits) == MOST_OF_A_SOURCE
    assert "of the same source" in str(next(hit for hit in found.rejected if hit.source.id == "long").rejected)
    alone = search(index, "pipeline notice rule", Filters(publishers=("LGA",)))
    assert len(alone.hits) == HITS


def test_a_document_that_is_alone_fills_the_list() -> None:
    index = build_index(
        [make_source("long")], {"long": {"H": [f"Notice rule {number} applies." for number in range(12)]}}
    )
    assert len(search(index, "notice rule").hits) == HITS
