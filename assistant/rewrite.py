"""Queries worded by a language model. Both are optional; on an error or in doubt there are none, and the search goes on without."""

import re
from collections.abc import Sequence

from assistant import prompts
from assistant.analysis import terms
from assistant.chat import Chat, Restart
from assistant.errors import ChatModelError
from assistant.gate.names import names, stands_in, words_of
from assistant.gate.plain_text import is_plain
from assistant.gate.values import missing, plain, values
from assistant.guard.steering import steering_flags
from assistant.phrased import Message

# Searching must not wait long for words that it can do without.
SECONDS = 4.0
LONGEST = 400
_MOST_VARIANTS = 2


def rewritten(question: str, earlier: Sequence[str], chat: Chat) -> str | None:
    """A follow-up question in full words; None where the model fails, or names what the conversation does not."""
    conversation = "\n".join(f"{number}. {each}" for number, each in enumerate([*earlier, question], 1))
    lines = _lines(prompts.REWRITE, conversation, chat)
    if len(lines) != 1 or not _adds_nothing(lines[0], [*earlier, question]):
        return None
    # What shares no word with the question is another question.
    return lines[0] if set(terms(lines[0])) & set(terms(question)) or not terms(question) else None


def variants(question: str, chat: Chat) -> list[str]:
    """The question in other words; none that names what the question does not."""
    lines = _lines(prompts.VARIANTS, question, chat)
    return (
        [line for line in lines if _adds_nothing(line, [question])][:_MOST_VARIANTS]
        if len(lines) <= _MOST_VARIANTS
        else []
    )


def _lines(names_of_prompts: tuple[str, ...], text: str, chat: Chat) -> list[str]:
    rules = Message(role="system", text=prompts.prompt(names_of_prompts[0]))
    written = ""
    pieces = chat.stream([rules, Message(role="user", text=text)], seconds=SECONDS)
    try:
        for piece in pieces:
            written = "" if isinstance(piece, Restart) else written + piece
            if len(written) > LONGEST * _MOST_VARIANTS:
                return []
    except ChatModelError:
        return []
    finally:
        pieces.close()
    return [line.strip() for line in written.splitlines() if line.strip()]


def _adds_nothing(text: str, conversation: Sequence[str]) -> bool:
    """Whether it is one plain question with no name, figure or date that the conversation does not hold."""
    if (
        len(text) > LONGEST
        or not text.endswith("?")
        or steering_flags(text)
        or not is_plain(text, " ".join(conversation))
    ):
        return False
    held = [value for each in conversation for value in values(each)]
    words = [words_of(plain(each)) for each in conversation]
    named = names(re.sub(r"^(\w)", lambda match: match.group().lower(), plain(text)))
    return not missing(values(text), held) and all(stands_in(name, words) for name in named)
