"""Numbers, dates and amounts: what is the same in other words, and what only looks it."""

import pytest

from assistant.gate.values import missing, one_form, values


def stands(claim: str, evidence: str) -> bool:
    return bool(values(claim)) and not missing(values(claim), values(evidence))


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("207 720 pounds", "£207,720"),
        ("207720 pounds", "£207,720 including VAT"),
        ("£1.2m", "£1.2 million"),
        ("£1,200,000", "1.2 million pounds"),
        ("24/02/2025", "24 February 2025"),
        ("2025-02-24", "24 February 2025"),
        ("February 24, 2025", "24th of February 2025"),
        ("February 2025", "24 February 2025"),
        ("in 2025", "24 February 2025"),
        ("by 31 March", "31 March 2026"),
        ("30%", "30 per cent"),
        ("thirty percent", "30 %"),
        ("eight working days", "8 working days"),
        ("a 30-day period", "30 days"),
        ("twenty-five days", "25 days"),
        ("two hundred and fifty councils", "250 councils"),
        ("section 41", "sections 41 and 43"),
        ("regulation 72", "Regulation 72(1)(b)"),
        ("PPN 2/24", "PPN 02/24"),
        ("the first stage", "the 1st stage"),
        ("a third of suppliers", "one third of suppliers"),
        ("£10 million", "£10-15 million"),
        ("2024/25", "2024-25"),
        ("5pm", "17:00"),
        ("RM6187", "framework RM6187"),
    ],
)
def test_the_same_value_in_another_form_stands_there(claim, evidence):
    assert stands(claim, evidence)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("£207.7k", "£207,720"),
        ("£207,270", "£207,720"),
        ("£30,000", "30,000 residents"),
        ("30%", "30 councils"),
        ("30 days", "30 working days"),
        ("8 weeks", "8 days"),
        ("25 February 2025", "24 February 2025"),
        ("24 February 2025", "February 2025"),
        ("24 February 2025", "24 February"),
        ("February 24, 2026", "24/02/2025"),
        ("02/03/2025", "3 February 2025"),
        ("section 43", "section 41 and regulation 43"),
        ("PPN 03/24", "PPN 02/24 and 03/23"),
        ("£1.2bn", "£1.2m"),
        ("the second stage", "two stages"),
        ("two thirds", "one third"),
        ("20 percentage points", "20 per cent"),
        ("two stages", "one stage"),
        ("RM6187", "RM6178"),
        ("2023/24", "2024/25"),
    ],
)
def test_another_value_does_not(claim, evidence):
    assert not stands(claim, evidence)


@pytest.mark.parametrize(
    "text", ["one of the councils", "no one may", "the one that matters", "You may bid", "the Act", "at once"]
)
def test_words_that_count_nothing_are_no_values(text):
    assert values(text) == []


def test_impossible_dates_are_no_dates():
    assert not any(value.kind == "date" for value in values("31/31/2025 and 99.99.2025"))


def test_one_form_for_what_compares_words():
    assert one_form("207 720 pounds, 5 per cent, 2025-02-24, 24/02/2025, February 24, 2025") == (
        "£207,720, 5%, 24 February 2025, 24 February 2025, 24 February 2025"
    )
