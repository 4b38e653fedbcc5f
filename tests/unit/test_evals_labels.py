"""What a case names and the corpus does not hold is told with what comes nearest."""

from dataclasses import replace

from eval_examples import make_case, make_held

from evals.coverage import coverage
from evals.labels import stale_cases, stale_labels

HELD = make_held()


def test_an_unknown_source_is_named_with_the_nearest() -> None:
    [line] = stale_labels([(make_case(sources=["lga-nw"]), "a.yaml, line 3")], HELD)
    assert line == "a.yaml, line 3 (threshold): the source lga-nw is not in the build. Did you mean lga-new?"


def test_a_stale_quote_comes_with_the_nearest_current_text() -> None:
    [line] = stale_labels([(make_case(shows=["the threshold is £214,904"]), "a.yaml, line 3")], HELD)
    assert "stale: the quote 'the threshold is £214,904' stands nowhere." in line
    assert line.endswith("The nearest now: “The threshold is £207,720.”")


def test_a_stale_heading_comes_with_the_nearest_heading() -> None:
    [line] = stale_labels([(make_case(headings=["Thresholds then"]), "a.yaml, line 3")], HELD)
    assert "the heading 'Thresholds then' stands nowhere. The nearest now: “Thresholds now”" in line


def test_where_nothing_comes_near_that_is_said() -> None:
    [line] = stale_labels([(make_case(shows=["zebra xylophone quartz"]), "a.yaml, line 3")], HELD)
    assert line.endswith("Nothing comes near it.")


def test_one_of_several_texts_is_enough_and_a_part_of_the_corpus_tells_nothing_of_quotes() -> None:
    assert stale_cases([make_case(shows=[["gone", "includes VAT"]])], HELD) == {}
    assert stale_cases([make_case(shows=["gone"])], replace(HELD, whole=False)) == {}


def test_coverage_names_what_no_case_reaches() -> None:
    from eval_examples import make_record

    case = make_case()
    found = coverage([case], [make_record(case, retrieved=("lga-new:1",))], HELD)
    assert found["sources_no_case_names"] == found["sources_never_cited"] == ["loti-old"]
    assert (found["passages_never_retrieved"], found["never_retrieved"]) == (1, {"loti-old": ["Themes"]})
