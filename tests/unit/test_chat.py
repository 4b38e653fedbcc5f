"""How a chat model is called: breaker, budget, slots, one retry. With a clock of our own."""

import threading

import pytest

from assistant.adapters.memory import ScriptedChatModel
from assistant.breaker import CircuitBreaker
from assistant.chat import LONGEST_DRAFT, Chat, NotCalledError, Restart
from assistant.errors import ChatModelError
from assistant.phrased import Message, NotPhrased

ASKED = [Message(role="user", text="Write.")]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def failing(*, retryable: bool) -> ChatModelError:
    return ChatModelError("It failed.", retryable=retryable)


def in_turn(*scripts):
    left = list(scripts)
    calls = []

    def script(messages):
        calls.append(messages)
        return left.pop(0) if len(left) > 1 else left[0]

    return ScriptedChatModel(script), calls


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_call_try():
    clock = Clock()
    breaker = CircuitBreaker(failures=2, seconds=60, clock=clock)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert breaker.is_open
    assert not breaker.allows()
    clock.now += 60
    assert breaker.allows(), "one call tries"
    assert not breaker.allows(), "the others wait for what comes of it"
    breaker.failed()
    clock.now += 59
    assert not breaker.allows()
    clock.now += 1
    assert breaker.allows()
    breaker.succeeded()
    assert not breaker.is_open
    assert breaker.allows()
    assert breaker.allows()


def test_a_trial_that_never_reports_is_tried_again():
    clock = Clock()
    breaker = CircuitBreaker(failures=1, seconds=60, clock=clock)
    breaker.failed()
    clock.now += 60
    assert breaker.allows()
    clock.now += 60
    assert breaker.allows()


def test_pieces_come_through():
    model, _ = in_turn(["a", "b"])
    assert list(Chat(model).stream(ASKED)) == ["a", "b"]


def test_one_retry_begins_anew():
    model, calls = in_turn(["a", failing(retryable=True)], ["b"])
    first, restart, second = Chat(model).stream(ASKED)
    assert (first, second) == ("a", "b")
    assert isinstance(restart, Restart)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("retryable", "may_retry", "seconds", "calls_made"),
    [(True, True, 30, 2), (False, True, 30, 1), (True, False, 30, 1), (True, True, 0.5, 1)],
)
def test_no_second_retry_and_none_where_it_is_of_no_use(retryable, may_retry, seconds, calls_made):
    model, calls = in_turn([failing(retryable=retryable)])
    with pytest.raises(ChatModelError):
        list(Chat(model, seconds=seconds).stream(ASKED, may_retry=lambda: may_retry))
    assert len(calls) == calls_made


def test_nothing_written_is_a_failure():
    model, calls = in_turn([])
    with pytest.raises(ChatModelError, match="nothing"):
        list(Chat(model).stream(ASKED))
    assert len(calls) == 2


def test_a_draft_that_goes_on_is_cut_off():
    model, calls = in_turn("x" * 1000 for _ in range(1000))
    written = []
    with pytest.raises(ChatModelError, match="too long"):
        written.extend(Chat(model).stream(ASKED))
    assert len(calls) == 1


def test_while_the_breaker_is_open_the_model_is_not_called():
    clock = Clock()
    model, calls = in_turn([failing(retryable=False)])
    chat = Chat(model, breaker=CircuitBreaker(failures=1, seconds=60, clock=clock))
    with pytest.raises(ChatModelError):
        list(chat.stream(ASKED))
    with pytest.raises(NotCalledError) as raised:
        list(chat.stream(ASKED))
    assert raised.value.reason is NotPhrased.PAUSED
    assert len(calls) == 1


def test_the_budget_of_an_hour_is_kept():
    model, calls = in_turn(["a"])
    chat = Chat(model, calls_per_hour=2)
    assert [list(chat.stream(ASKED)) for _ in range(2)] == [["a"], ["a"]]
    with pytest.raises(NotCalledError) as raised:
        list(chat.stream(ASKED))
    assert raised.value.reason is NotPhrased.BUDGET
    assert len(calls) == 2


def test_more_than_may_be_phrased_at_once_are_turned_away_and_slots_come_back():
    going, done = threading.Event(), threading.Event()

    def script(messages):
        going.set()
        done.wait(5)
        yield "a"

    chat = Chat(ScriptedChatModel(script), at_once=1)
    first = threading.Thread(target=lambda: list(chat.stream(ASKED)))
    first.start()
    going.wait(5)
    with pytest.raises(NotCalledError) as raised:
        list(chat.stream(ASKED))
    done.set()
    first.join(5)
    assert raised.value.reason is NotPhrased.BUSY
    assert list(chat.stream(ASKED)) == ["a"]


def test_leaving_a_draft_gives_its_slot_back_and_is_no_failure():
    model, _ = in_turn(["a", "b"])
    chat = Chat(model, at_once=1, breaker=CircuitBreaker(failures=1, seconds=60))
    pieces = chat.stream(ASKED)
    assert next(pieces) == "a"
    pieces.close()
    assert not chat.breaker.is_open
    assert list(chat.stream(ASKED)) == ["a", "b"]


def test_the_longest_draft_is_longer_than_any_answer():
    assert LONGEST_DRAFT > 8 * 800
