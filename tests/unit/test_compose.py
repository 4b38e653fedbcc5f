from datetime import date

from index_builder import build_index, make_source

from assistant.adapters.memory import HashEmbedder
from assistant.compose import MOST_QUOTES, compose, deep_link
from assistant.index import Index
from assistant.query import understand
from assistant.retrieve import retrieve
from assistant.types import Citation, SourceStatus, Statement, StatementKind


def quotes(index: Index, text: str, words: int = 120) -> tuple[tuple[Statement, ...], tuple[Citation, ...]]:
    question = understand(text, index)
    retrieval = retrieve(
        question,
        HashEmbedder().embed_queries([query.text for query in question.queries]),
        index,
        today=date(2026, 11, 22),
    )
    return compose([(question, retrieval)], index, words=words)


LIST = "The strategy has three themes:\n- leadership of procurement\n- commercial behaviour\n- community benefits"
INDEX = build_index(
    [
        make_source("data"),
        make_source("strategy"),
        make_source("old", status=SourceStatus.SUPERSEDED, superseded_by=("data",)),
    ],
    {
        "data": {
            "Data": ["Cats sleep. The supplier must return data free of charge. Dogs bark."],
            "More": ["Return of data is tested yearly."],
        },
        "strategy": {"Themes": [LIST]},
        "old": {"Data": ["The supplier must return data free of charge, said the old text."]},
    },
)


def test_the_first_quote_is_the_sentence_that_answers() -> None:
    statements, citations = quotes(INDEX, "Must the supplier return data free of charge?")
    assert statements[0].text == "The supplier must return data free of charge."
    assert citations[0].source_id == "data"
    assert not any("Cats" in statement.text or "Dogs" in statement.text for statement in statements)


def test_every_statement_is_its_citation_s_quote_and_every_quote_stands_in_its_passage() -> None:
    statements, citations = quotes(INDEX, "return data")
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    for statement, citation in zip(statements, citations, strict=True):
        assert statement.kind is StatementKind.QUOTED
        assert statement.citations == (citation.number,)
        assert statement.text == citation.quote
        assert citation.quote in INDEX.passages[INDEX.rows[citation.passage_id]].text


def test_an_item_comes_with_the_sentence_that_introduces_its_list() -> None:
    statements, _ = quotes(INDEX, "Is commercial behaviour a theme of the strategy?")
    assert statements[0].text == LIST


def test_a_long_list_gives_its_lead_in_and_the_item_as_two_quotes() -> None:
    items = "\n".join(
        f"- item {number} with a good many further words about nothing in particular" for number in range(12)
    )
    index = build_index([make_source("s")], {"s": {"H": [f"The rules are these:\n- zebra crossings\n{items}"]}})
    statements, _ = quotes(index, "zebra crossings", words=30)
    assert [statement.text for statement in statements][:2] == ["The rules are these:", "zebra crossings"]


def test_what_says_the_same_is_shown_once() -> None:
    texts = [f"Notices are published before award{end}" for end in (".", "!", "?")]
    index = build_index(
        [make_source(name) for name in "abc"], {name: {"H": [text]} for name, text in zip("abc", texts, strict=True)}
    )
    statements, _ = quotes(index, "when are notices published")
    assert [statement.text for statement in statements] == [texts[0]]


def test_the_length_is_limited_but_the_best_quote_is_always_shown_whole() -> None:
    sentence = "Contract " + "word " * 60 + "ends."
    index = build_index([make_source("s")], {"s": {"H": [sentence, "Contract number two ends."]}})
    statements, _ = quotes(index, "contract ends", words=20)
    assert len(statements) == 1
    many = build_index(
        [make_source("s")], {"s": {f"H{i}": [f"Contract rule {i} of group {'xyzw'[i % 4]}{i}."] for i in range(20)}}
    )
    assert len(quotes(many, "contract rule")[0]) <= MOST_QUOTES


def test_sources_stay_together_the_best_first() -> None:
    _, citations = quotes(INDEX, "supplier return data free of charge")
    order = [citation.source_id for citation in citations]
    assert order == sorted(order, key=order.index)
    assert order[0] == "data"


def test_the_same_question_gives_the_same_quotes() -> None:
    assert quotes(INDEX, "return data") == quotes(INDEX, "return data")


def test_deep_links_name_the_page_where_there_is_one() -> None:
    assert deep_link("https://a.example/b.pdf", 7) == "https://a.example/b.pdf#page=7"
    assert deep_link("https://a.example/b", None) == "https://a.example/b"
    assert deep_link("https://a.example/b#c", 7) == "https://a.example/b#c"
    assert deep_link(None, 7) is None
