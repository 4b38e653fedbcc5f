"""What every ChatModel promises: LangChain's over real HTTP, and the scripted one."""

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest

from assistant.adapters.chat_model import LangChainChatModel, open_chat_model
from assistant.adapters.memory import ScriptedChatModel
from assistant.assembly import ServingAssistant
from assistant.errors import ChatModelError, SettingsError
from assistant.phrased import Message
from assistant.ports import ChatModel
from assistant.settings import AssistantSettings
from evals.scripted_model import FAULTS, ScriptedModel, saying, writing

ASKED = [Message(role="system", text="Rules."), Message(role="user", text="Write “two” words.")]


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with ScriptedModel() as running:
        yield running


@pytest.fixture
def model_over(server: ScriptedModel) -> Iterator[Callable[..., LangChainChatModel]]:
    """LangChain's OpenAI package over the scripted server, with short limits."""
    opened: list[LangChainChatModel] = []

    def open_over(**changes: object) -> LangChainChatModel:
        settings = {
            "chat_model": "openai:scripted",
            "chat_base_url": server.url,
            "chat_api_key": "secret-key",
            "chat_first_seconds": 0.4,
            "chat_between_seconds": 0.4,
        }
        opened.append(open_chat_model(AssistantSettings.model_validate(settings | changes)))
        return opened[-1]

    yield open_over
    for model in opened:
        model.close()


@pytest.fixture
def built_settings(server: ScriptedModel) -> AssistantSettings:
    """Settings of a service whose model is the scripted server."""
    found = {"chat_model": "openai:scripted", "chat_base_url": server.url, "chat_api_key": "secret-key"}
    return AssistantSettings.model_validate(found)


@pytest.fixture(params=["langchain", "scripted"])
def model_that(request: pytest.FixtureRequest, server: ScriptedModel, model_over: Callable[..., LangChainChatModel]):
    """A model that writes these pieces, the last of which may be an error."""

    def make(pieces: Sequence[str]) -> ChatModel:
        if request.param == "scripted":
            return ScriptedChatModel(lambda messages: pieces)
        server.play = saying("".join(pieces))
        return model_over()

    return make


def test_a_draft_comes_in_pieces_that_are_the_text(model_that):
    model = model_that(["Councils must ", "publish “it”. [1]\n"])
    assert "".join(model.stream(ASKED, seconds=5)) == "Councils must publish “it”. [1]\n"
    assert model.name


def test_it_can_be_asked_again_and_left_half_way(model_that):
    model = model_that(["Councils must publish it as soon as they can, and then wait for eight days."])
    pieces = model.stream(ASKED, seconds=5)
    assert next(pieces)
    pieces.close()
    assert "".join(model.stream(ASKED, seconds=5)).startswith("Councils must")


def test_what_is_sent_is_the_messages_with_the_key_and_nothing_else(server, model_over):
    server.play = saying("Yes.")
    list(model_over(chat_options={"temperature": 0}).stream(ASKED, seconds=5))
    [sent] = server.requests
    assert [(each["role"], each["content"]) for each in sent["messages"]] == [
        ("system", "Rules."),
        ("user", "Write “two” words."),
    ]
    assert sent["temperature"] == 0
    assert sent["stream"] is True
    assert not sent.get("tools")
    assert server.keys == ["Bearer secret-key"]


@pytest.mark.parametrize(
    ("fault", "retryable", "says"),
    [
        ("status-401", False, "GUIDANCE_CHAT_API_KEY"),
        ("status-404", False, "GUIDANCE_CHAT_MODEL"),
        ("status-429", True, "429"),
        ("status-500", True, "500"),
        ("hang", True, "too long|reached"),
        ("keep-alive", True, "too long"),
        ("cut", True, "broken off|broke off"),
        ("stall", True, "too long"),
        ("garbage", False, "GUIDANCE_CHAT_BASE_URL"),
        ("web-page", False, "GUIDANCE_CHAT_BASE_URL"),
        ("length", False, "broken off"),
        ("filtered", False, "broken off"),
        ("tool-calls", False, "broken off"),
    ],
)
def test_every_fault_is_one_error_that_says_what_to_look_at(server, model_over, fault, retryable, says):
    server.play = FAULTS[fault]
    began = time.monotonic()
    with pytest.raises(ChatModelError, match=says) as raised:
        list(model_over().stream(ASKED, seconds=3))
    assert raised.value.retryable is retryable
    assert "secret-key" not in str(raised.value)
    assert time.monotonic() - began < 2


def test_the_whole_limit_holds_though_words_keep_coming(server, model_over):
    server.play = FAULTS["drip"]
    began = time.monotonic()
    with pytest.raises(ChatModelError, match="too long"):
        list(model_over().stream(ASKED, seconds=0.8))
    assert 0.7 < time.monotonic() - began < 1.6


def test_an_address_where_nobody_listens_is_an_error(model_over):
    with ScriptedModel() as gone:
        url = gone.url
    with pytest.raises(ChatModelError, match="GUIDANCE_CHAT_BASE_URL") as raised:
        list(model_over(chat_base_url=url).stream(ASKED, seconds=3))
    assert raised.value.retryable


def test_a_draft_that_is_left_is_no_longer_read(server, model_over):
    written: list[str] = []

    def endless(task: object) -> Iterable[str]:
        while len(written) < 2000:
            written.append("")
            yield "A council must publish a notice. [1]"

    server.play = writing(endless, seconds_between=0.005)
    pieces = model_over().stream(ASKED, seconds=5)
    next(pieces)
    pieces.close()
    time.sleep(0.5)
    so_far = len(written)
    time.sleep(0.5)
    assert len(written) <= so_far + 2


def test_tracing_variables_of_langsmith_send_nothing(server, model_over, monkeypatch):
    with ScriptedModel(saying("traced")) as tracer:
        for name, value in {"TRACING": "true", "TRACING_V2": "true", "ENDPOINT": tracer.url, "API_KEY": "k"}.items():
            monkeypatch.setenv(f"LANGSMITH_{name}", value)
            monkeypatch.setenv(f"LANGCHAIN_{name}", value if name != "TRACING" else "")
        monkeypatch.delenv("LANGCHAIN_TRACING", raising=False)
        from langsmith import utils

        utils.get_env_var.cache_clear()
        assert utils.tracing_is_enabled(), "without our care it would trace"
        server.play = saying("Yes.")
        assert "".join(model_over().stream(ASKED, seconds=5)) == "Yes."
        time.sleep(0.3)
        assert tracer.requests == []
    utils.get_env_var.cache_clear()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"chat_model": "nosuch:model"}, "GUIDANCE_CHAT_MODEL: no provider is known"),
        ({"chat_model": "like-nothing"}, "GUIDANCE_CHAT_MODEL: no provider is known"),
        (
            {"chat_model": "mistralai:small"},
            "GUIDANCE_CHAT_MODEL: mistralai:small needs a package that is not installed",
        ),
        ({"chat_api_key": None}, "GUIDANCE_CHAT_API_KEY is not set"),
        ({"chat_options": {"temperature": "hot"}}, "GUIDANCE_CHAT_OPTIONS"),
    ],
)
def test_a_model_that_cannot_be_made_names_the_setting(model_over, monkeypatch, changes, says):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError, match=says) as raised:
        model_over(**changes)
    assert "secret-key" not in str(raised.value)


def test_without_the_extra_it_is_said_how_to_install_it(model_over, monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(SettingsError, match=re.escape("pip install '.[model]'")):
        model_over()


@pytest.mark.parametrize(
    ("fault", "says"), [("status-401", "GUIDANCE_CHAT_API_KEY"), ("web-page", "GUIDANCE_CHAT_BASE_URL")]
)
def test_a_wrong_key_or_address_shows_when_the_service_starts(server, model_over, built_settings, fault, says):
    server.play = FAULTS[fault]
    serving = ServingAssistant(built_settings)
    serving._open_writer()
    assert serving.phrasing is not None
    assert not serving.phrasing.phrases
    assert says in (serving.phrasing.detail or "")


def test_a_model_that_is_only_slow_to_start_is_kept(server, built_settings):
    server.play = FAULTS["status-503"]
    serving = ServingAssistant(built_settings)
    serving._open_writer()
    assert serving.phrasing is not None
    assert serving.phrasing.phrases
    assert "503" in (serving.phrasing.detail or "")
    assert serving._writer is not None
    serving._writer.chat.close()
