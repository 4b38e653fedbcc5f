"""The pure parts of `evals speed`."""

import math

import numpy as np
import pytest
from index_builder import build_index, make_source

from assistant.adapters.onnx_model import batches
from evals.bench.speed import plain
from evals.bench.speed_plots import write_plots
from evals.bench.speed_statistics import Bar, latency, percentile, ratios, rounded
from evals.bench.speed_synthetic import grow
from ingest.document import Block, BlockKind, Document, Section


@pytest.mark.parametrize(("share", "expected"), [(50, 2.0), (51, 3.0), (95, 4.0), (100, 4.0), (1, 1.0)])
def test_a_percentile_is_a_value_that_was_measured(share: int, expected: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == expected


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_latency_is_told_by_three_percentiles() -> None:
    assert latency([float(each) for each in range(1, 101)]) == {
        "latency_p50": 50.0,
        "latency_p95": 95.0,
        "latency_p99": 99.0,
    }


def test_ratios_are_made_of_what_both_have_to_any_depth() -> None:
    ours = {"a": 1.0, "only": 3.0, "in": {"b": 2}, "zero": 1.0, "text": "x"}
    assert ratios(ours, {"a": 4.0, "in": {"b": 8, "c": 1}, "zero": 0.0, "text": "y"}) == {"a": 0.25, "in": {"b": 0.25}}


def test_figures_have_four_digits() -> None:
    assert [rounded(each) for each in (123456.0, 0.00123456, 0.0)] == [123500.0, 0.001235, 0.0]


@pytest.mark.parametrize(
    ("bar", "met"),
    [
        (Bar("most", 1.0, most=1.0), True),
        (Bar("most", 1.1, most=1.0), False),
        (Bar("least", 60.0, least=60), True),
        (Bar("least", 59.0, least=60), False),
        (Bar("not measured", None, most=1.0), None),
    ],
)
def test_a_bar_is_met_at_its_edge_and_unknown_where_nothing_was_measured(bar: Bar, met: bool | None) -> None:
    assert bar.met is met


def test_the_text_of_a_document_is_its_headings_and_all_its_blocks() -> None:
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, items=("One.",)),
        Block(kind=BlockKind.LIST, items=("two", "three")),
    )
    document = Document(title=None, sections=(Section(heading_path=("A", "B"), page=None, blocks=blocks),))
    assert plain(document) == "A > B\n\nOne.\n\ntwo\nthree"


INDEX = build_index(
    [make_source("one"), make_source("two")],
    {"one": {"Head": ["Bins are emptied. Buses run late."]}, "two": {"Foot": ["Notices are sent. Bids are opened."]}},
)


def test_a_grown_corpus_has_the_size_asked_for_and_is_the_same_each_time() -> None:
    corpus, again = grow(INDEX, 205), grow(INDEX, 205)
    passages = [passage for _, passage in corpus.content.passages]
    assert len(passages) == len({passage.id for passage in passages}) == 205
    assert len(corpus.content.documents) == math.ceil(205 / 10)
    assert corpus.passage_vectors.shape == (205, INDEX.info.dimensions)
    assert len(corpus.sentence_vectors) == sum(len(passage.sentences) for passage in passages)
    np.testing.assert_allclose(np.linalg.norm(corpus.passage_vectors, axis=1), 1.0, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(corpus.sentence_vectors, axis=1), 1.0, atol=1e-4)
    np.testing.assert_array_equal(corpus.passage_vectors, again.passage_vectors)
    assert corpus.texts == again.texts


def test_a_grown_passage_is_made_of_held_sentences_and_one_with_a_name() -> None:
    held = {passage.text[each.start : each.end] for passage in INDEX.passages for each in passage.sentences}
    for _, passage in grow(INDEX, 30).content.passages:
        name, *quoted = [passage.text[each.start : each.end] for each in passage.sentences]
        assert " Council, case " in name
        assert set(quoted) <= held
        assert passage.text == " ".join([name, *quoted])


@pytest.mark.parametrize("lengths", [[], [5], [600], [10] * 200, [3, 250, 4, 251, 90, 3], list(range(1, 256))])
def test_texts_are_run_in_parts_that_fit_with_little_padding(lengths: list[int]) -> None:
    parts = list(batches(lengths))
    assert sorted(place for part in parts for place in part) == list(range(len(lengths)))
    for part in parts:
        widest = max(lengths[place] for place in part)
        assert len(part) == 1 or widest * len(part) <= 512
    padded = sum(max(lengths[place] for place in part) * len(part) for part in parts)
    assert padded <= 1.2 * sum(lengths)


def test_plots_of_the_same_figures_are_the_same_files(tmp_path) -> None:
    side = {"clients": {"1": {"answers_per_second": 5.0, "latency_p95": 9.0}}}
    size = {name: {"latency_p50": 3.0, "memory": 200.0} for name in ("ours", "vanilla")}
    result = {"ours": side, "vanilla": side, "growth": {"1000": size, "2000": size, "growth": {}}}
    files = write_plots(result, tmp_path / "a"), write_plots(result, tmp_path / "b")
    assert [file.name for file in files[0]] == ["speed-load.svg", "speed-growth.svg"]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]
    assert len(write_plots({key: result[key] for key in ("ours", "vanilla")}, tmp_path / "c")) == 1
