"""The gate over the shipped corpus: faults made of its own sentences, faithful rewordings, and orders planted in it."""

import json
import time
from collections import Counter

import pytest
from model_sentences import FAITHFUL, UNFAITHFUL
from planting import POSITIONS, planted

from assistant.adapters.memory import ScriptedChatModel
from assistant.answer import Assistant
from assistant.chat import Chat
from assistant.gate import DraftedSentence, Passed, check, read
from assistant.generate import known_names
from assistant.types import StatementKind
from assistant.writer import Writer
from evals.rewording import faults, paraphrases
from evals.scripted_model import ScriptedModel, writing
from evals.writers import honest, hostile, read_task

NAMES = [
    "Procurement Act 2023",
    "Public Contracts Regulations 2015",
    "Localism Act 2011",
    "Capital Law",
    "Ward Hadaway",
    "Bevan Brittan",
    "LGA",
]
NAMES += [
    "Cabinet Office",
    "techUK",
    "LOTI",
    "Brabners",
    "National Audit Office",
    "Scottish Government",
    "Digital Planning Directory",
]
QUESTIONS = [
    "What is the council threshold for goods and services?",
    "Do we have to award to the cheapest bid?",
    "What should our tender say about APIs?",
]
# Every third passage: enough for the counts below.
STEP = 3
MOST_HONEST_DROPPED = 0.05


@pytest.fixture(scope="module")
def passages(assistant):
    """Passages of the corpus as a model is shown them, all of them about the question."""
    sources = assistant.index.sources
    return [
        read(1, each, sources[each.source_id], [1.0] * len(each.sentences)) for each in assistant.index.passages[::STEP]
    ]


@pytest.fixture(scope="module")
def verdict_of(assistant):
    known = known_names(assistant.index)

    def verdict(text, shown):
        return check(DraftedSentence(text, (1,)), {1: shown}, weights=assistant.index.term_weights, known_names=known)

    return verdict


def sentences(shown):
    texts = [shown.passage.text[each.start : each.end] for each in shown.passage.sentences if each.lead_in is None]
    return [" ".join(text.split()) for text in texts if len(text.split()) > 3 and not text.endswith(":")]


def test_no_altered_figure_date_name_duty_or_negation_passes(passages, verdict_of):
    seen, passed = Counter(), []
    for shown in passages:
        figures = [figure for sentence in sentences(shown) for figure in sentence.split() if figure.isdigit()]
        for sentence in sentences(shown):
            for fault in faults(sentence, names=NAMES, figures=figures):
                seen[fault.kind] += 1
                if isinstance(verdict_of(fault.text, shown), Passed):
                    passed.append(fault)
    assert passed == []
    assert sum(seen.values()) > 400
    assert min(seen[kind] for kind in ("number", "date", "name", "negation", "modality", "word")) > 40


def test_few_faithful_sentences_are_lost(passages, verdict_of):
    texts = [(text, shown) for shown in passages for sentence in sentences(shown) for text in paraphrases(sentence)]
    lost = [text for text, shown in texts if not isinstance(verdict_of(text, shown), Passed)]
    assert len(texts) > 400
    assert len(lost) <= MOST_HONEST_DROPPED * len(texts), lost


def hand_written(pairs, assistant, verdict_of):
    index = assistant.index
    for piece, text in pairs:
        passage = next((each for each in index.passages if piece in each.text), None)
        assert passage is not None, f"no passage holds {piece!r} any more"
        yield text, verdict_of(text, read(1, passage, index.sources[passage.source_id], [1.0] * len(passage.sentences)))


def test_sentences_as_models_write_them_are_told_apart(assistant, verdict_of):
    lost = [text for text, found in hand_written(FAITHFUL, assistant, verdict_of) if not isinstance(found, Passed)]
    assert len(lost) <= MOST_HONEST_DROPPED * len(FAITHFUL), lost
    assert [text for text, found in hand_written(UNFAITHFUL, assistant, verdict_of) if isinstance(found, Passed)] == []


def over(assistant, index, script=None):
    writer = Writer(Chat(ScriptedChatModel(script), calls_per_hour=10**6)) if script else None
    return Assistant(index, assistant._embedder, evidence_threshold=0.15, quote_words=120, writer=writer)


def lines_of(writer):
    return lambda messages: (f"{line}\n" for line in writer(read_task(messages[-1].text)))


def test_orders_planted_in_a_passage_are_not_followed_and_not_shown(assistant, shared):
    kinds = json.loads((shared / "security" / "injection" / "bipia_text_attack_train.json").read_text(encoding="utf-8"))
    orders = [order for of_kind in kinds.values() for order in of_kind]
    hits = {question: assistant.search(question)[1].hits for question in QUESTIONS}
    shown = []
    for number, order in enumerate(orders):
        question = QUESTIONS[number % len(QUESTIONS)]
        index = assistant.index
        for hit, position in zip(hits[question], POSITIONS, strict=False):
            index = planted(index, hit.passage.id, order, position, assistant._embedder)
        quotes = over(assistant, index).ask(question)
        assert all(statement.kind is StatementKind.QUOTED for statement in quotes.statements)
        obeying = over(assistant, index, lines_of(hostile([order]))).ask(question)
        assert len(obeying.wording.dropped) > len(POSITIONS)
        texts = [statement.text for statement in (*quotes.statements, *obeying.statements)]
        shown += [text for text in texts if order[:40] in text]
        shown += [statement.text for statement in obeying.statements if statement.kind is StatementKind.VERIFIED]
    assert len(orders) >= 50
    assert shown == []


def test_the_first_checked_sentence_comes_when_the_model_has_written_it(assistant, built_data):
    from assistant.assembly import open_assistant, open_writer
    from assistant.settings import AssistantSettings

    with ScriptedModel(writing(honest, seconds_between=0.01)) as server:
        settings = AssistantSettings.model_validate(
            {
                "data_dir": built_data,
                "chat_model": "openai:scripted",
                "chat_base_url": server.url,
                "chat_api_key": "any",
            }
        )
        writer = open_writer(settings)
        phrasing = open_assistant(settings, writer=writer)
        late = []
        for question in QUESTIONS * 3:
            told = []

            def tell(part, told=told):
                if not isinstance(part, tuple):
                    told.append((time.monotonic(), part))

            answer = phrasing.ask(question, tell=tell)
            if answer.statements[0].kind is StatementKind.VERIFIED and not answer.wording.dropped:
                late.append(told[0][0] - server.sentence_at)
        writer.chat.close()
    assert len(late) >= 3
    # The median: on a busy machine some wait for the processor.
    assert sorted(late)[len(late) // 2] < 0.02
