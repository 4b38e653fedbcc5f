"""The verifier: its signals, its decision, and its floors on the public sets that it was fitted on."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from assistant.support import closeness, only_announces, read_evidence, sentences_drawn_from, signals
from assistant.verify import combine, logit, stands_in, units, verify
from evals.bench.grounding import measure_grounding
from evals.bench.train_verifier import SIGNS

ROOT = Path(__file__).parents[2]
MODEL = json.loads(files("assistant").joinpath("verify.json").read_text(encoding="utf-8"))
PASSAGE = (
    "A contracting authority must publish a pipeline notice if it expects to pay more than £100 million under relevant contracts in the "
    "coming financial year. The notice covers contracts with an estimated value above £2 million. It is published within 56 days of the "
    "first day of the financial year. A school is not required to publish one. Leeds City Council published its first pipeline in 2019."
)


def found(claim: str, evidence: str = PASSAGE) -> dict[str, float]:
    return signals(claim, read_evidence((evidence,)))


def test_model_and_signals_agree_and_the_model_says_what_made_it() -> None:
    assert set(MODEL["weights"]) == set(SIGNS) == set(found("A notice."))
    assert all(SIGNS[name] * weight >= 0 for name, weight in MODEL["weights"].items())
    assert 0.4 < MODEL["threshold"] < 0.7
    assert (ROOT / MODEL["script"]).is_file()
    assert all(
        word in MODEL["data"] for word in ("RAGTruth", "WiCE", "BEGIN", "MIT", "ODC-BY", "CC BY", "CDLA-Sharing")
    )


@pytest.mark.parametrize(
    "claim",
    [
        "The notice covers contracts with an estimated value above £2 million.",
        "The notice covers contracts\n with an estimated value above £2 million. It is published within 56 days of the\nfirst day of the financial year.",
        "contracts with an estimated value above £2 million",
        "A school is not required to publish one.",
    ],
)
def test_what_stands_in_the_passage_is_supported(claim: str) -> None:
    support = verify(claim, ["Another passage.", PASSAGE])
    assert (support.probability, support.supported, support.signals) == (1.0, True, {})


def test_half_a_word_and_a_part_that_a_not_was_cut_from_do_not_stand_there() -> None:
    assert not stands_in("A school is not require", PASSAGE)
    assert not stands_in("required to publish one.", PASSAGE)
    assert not stands_in("A school is", PASSAGE)
    assert stands_in("is not required", PASSAGE)
    assert stands_in("It is published within 56 days of the first day of the financial year.", PASSAGE)


@pytest.mark.parametrize(
    "claim",
    [
        "An authority that expects to pay more than £100 million in the coming financial year must publish a pipeline notice.",
        "Contracts with an estimated value above £2 million are covered by the notice.",
        "The pipeline notice must be published within 56 days of the start of the financial year.",
        "In 2019, Leeds City Council published its first pipeline.",
        "Schools are not required to publish a pipeline notice.",
    ],
)
def test_a_paraphrase_that_keeps_the_meaning_is_supported(claim: str) -> None:
    assert verify(claim, [PASSAGE]).supported


@pytest.mark.parametrize(
    "claim",
    [
        "Suppliers who miss the deadline are fined by the Cabinet Office.",
        "Pipeline notices help small firms to plan their bids and win more work.",
        "I think we should ask the council's lawyers first.",
        "Manchester and Salford reported savings of 14 per cent.",
    ],
)
def test_what_the_passage_does_not_speak_of_is_not_supported(claim: str) -> None:
    assert not verify(claim, [PASSAGE]).supported


@pytest.mark.parametrize(
    ("kept", "changed", "signal"),
    [
        (
            "Contracts with an estimated value above £2 million are covered.",
            "Contracts with an estimated value above £3 million are covered.",
            "new_numbers",
        ),
        (
            "Schools are not required to publish one.",
            "Schools are required to publish one.",
            "negation_dropped",
        ),
        (
            "Authorities must publish a pipeline notice.",
            "Authorities must never publish a pipeline notice.",
            "negation_added",
        ),
        (
            "The first pipeline of Leeds City Council was published in 2019.",
            "The first pipeline of Bristol City Council was published in 2019.",
            "new_names",
        ),
    ],
)
def test_a_changed_fact_is_seen_by_its_signal_and_makes_support_less_likely(
    kept: str, changed: str, signal: str
) -> None:
    assert found(kept)[signal] == 0 < found(changed)[signal]
    assert logit(found(changed)) < logit(found(kept))
    assert verify(changed, [PASSAGE]).probability < verify(kept, [PASSAGE]).probability


def test_facts_merged_from_far_apart_stand_less_close_than_one_fact() -> None:
    between = " ".join(f"Some other sentence number {number} about paper, desks and chairs." for number in range(30))
    evidence = f"Croydon bought laptops from Dell. {between} Harrow leased printers until spring."
    one, merged = "Croydon bought laptops from Dell.", "Croydon leased printers from Dell until spring."
    assert found(one, evidence)["closeness"] == 1.0
    assert found(merged, evidence)["closeness"] < 0.7
    assert logit(found(merged, evidence)) < logit(found(one, evidence))


def test_numbers_may_be_spelled_and_grouped_otherwise() -> None:
    assert found("It takes 3 weeks.", "It takes three weeks.")["new_numbers"] == 0
    assert found("It costs £207720.", "It costs £207,720.")["new_numbers"] == 0
    assert found("It takes 4 weeks.", "It takes three weeks.")["new_numbers"] > 0


def test_the_sentences_that_a_claim_is_drawn_from_complete_each_other() -> None:
    evidence = read_evidence(("Bids close in June.", "Bids are opened by two officers.", "Chairs are green."))
    topical = {"bid", "close", "june", "offic"}
    assert sentences_drawn_from(topical, evidence) == [0, 1]
    assert closeness({"zebra"}, evidence, 12) == 0.0
    assert closeness(set(), evidence, 12) == 1.0


@pytest.mark.parametrize(
    ("claim", "evidence"), [("", [PASSAGE]), (" … ", [PASSAGE]), ("A notice.", []), ("A notice.", ["", " – "])]
)
def test_where_there_are_no_words_nothing_is_supported(claim: str, evidence: list[str]) -> None:
    support = verify(claim, evidence)
    assert (support.probability, support.supported) == (0.0, False)


@pytest.mark.parametrize(
    "text",
    ["Sure!", "Here is a summary of the passages in 80 words or less:", "Certainly. Here’s the answer you requested:"],
)
def test_what_only_announces_says_nothing_that_could_be_wrong(text: str) -> None:
    assert verify(text, [PASSAGE]).supported
    good = "Leeds City Council published its first pipeline by 2019."
    assert verify(f"{text}\n{good}", [PASSAGE]).probability == verify(good, [PASSAGE]).probability


@pytest.mark.parametrize(
    "text",
    [
        "Here is the budget of the council:",
        "The answer is not here.",
        "Is this the answer?",
        "It is.",
        "Yes.",
        "£5 is within the text of Bristol.",
    ],
)
def test_what_says_something_is_no_announcement(text: str) -> None:
    assert not only_announces(text)


def test_a_long_text_is_judged_by_its_sentences_and_a_short_one_whole() -> None:
    good = "Leeds City Council published a pipeline in 2019."
    wrong = "Manchester and Salford reported savings of 14 per cent."
    assert units(f"{good} {good}") == [f"{good} {good}"]
    text = " ".join([good, good, wrong, good])
    assert units(text) == [good, good, wrong, good]
    judged = verify(text, [PASSAGE])
    assert judged.signals == found(wrong)
    assert verify(wrong, [PASSAGE]).probability < judged.probability < verify(good, [PASSAGE]).probability
    assert combine([1.5]) == 1.5


# Balanced accuracy on the sets that it was fitted on, a little below what is measured. docs/adr/0016-verifier.md has held-out figures.
FLOORS = {
    "ragtruth_summary_sentence": 0.67,
    "ragtruth_summary_sentence/responses": 0.65,
    "wice_claim_dev": 0.75,
    "begin_wow_dev": 0.88,
    "begin_tc_dev": 0.88,
    "begin_cmu_dev": 0.92,
}
SETS = ROOT.parent / "shared" / "bench" / "grounding"


@pytest.mark.skipif(not SETS.is_dir(), reason="the public sets of claims are not here")
def test_the_shipped_model_keeps_its_floors_on_the_public_sets() -> None:
    names = dict.fromkeys(name.partition("/")[0] for name in FLOORS)
    measured = measure_grounding([SETS / f"{name}.jsonl.gz" for name in names])
    below = {
        name: measured[name]["balanced_accuracy"]
        for name, floor in FLOORS.items()
        if measured[name]["balanced_accuracy"] < floor
    }
    assert below == {}
