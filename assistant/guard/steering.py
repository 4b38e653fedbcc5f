"""Finds attempts to steer the assistant. Nothing here obeys text, so this is for honesty towards the asker and for logs, not for safety."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.analysis import terms
from assistant.types import Turn

# Where an order begins: at the start of a clause, after a word or two of address.
_ORDER = (
    r"^\W*(?:(?:please|now|and|also|then|but|so|good|great|ok|okay|hi|hello|first|just|you (?:must|should|can|"
    r"may|will|are to)|from now on|"
    r"i (?:want|order|need|ask) you to|as your \w+,? i order you to|can you|could you|will you)\b\W*){0,4}"
)
_RULES = (
    r"(?:instructions?|directions?|directives?|orders|rules?|guidelines?|guidance|guardrails?|prompts?|"
    r"system message|programming|constraints?|restrictions?|"
    r"filters?|polic(?:y|ies)|safety|settings|sources|citations|ethics|training|everything)"
)
_DROP = (
    r"(?:ignore|disregard|forget|override|bypass|drop|skip|lift|neglect|set aside|pay no attention to|"
    r"stop following|stop obeying|switch off|turn off|never ?mind|"
    r"do ?n[o']t (?:follow|obey|use|apply)|do not (?:follow|obey|use|apply))"
)
_HIDDEN = (
    r"(?:(?:system|hidden|secret|initial|original|own|developer)\b[\w' ]{0,12}\b(?:prompts?|instructions?|"
    r"rules|message|documents|text)|"
    r"prompt you|(?:api|secret|private) keys?|passwords?|environment variables|context window|text above|words above)"
)
_BOT = r"(?:ai|bot|\w+bot|assistant|language model|chat ?gpt|gpt|chatbot|model|dan|system|persona)"
_CLAUSE_FLAGS: dict[str, str] = {
    "override": rf"{_ORDER}{_DROP}\b[^.?!]{{0,40}}?\b{_RULES}\b|\b{_DROP} (?:\w+ ){{0,3}}your (?:\w+ ){{0,2}}{_RULES}\b|"
    rf"\byour (?:\w+ ){{0,2}}{_RULES} (?:no longer|do(?:es)? not|don't) apply|\b(?:restrictions|limits|rules|"
    rf"filters|constraints) (?:are|is) (?:now )?(?:lifted|off|disabled|gone)|"
    r"\bnew (?:instructions?|directions?|orders)\b\W*[:,]",
    "reveal": rf"{_ORDER}(?:show|print|reveal|repeat|output|display|tell me|give me|list|dump|quote|summari[sz]e|"
    rf"translate|leak|expose|write out)\b[^.?!]{{0,40}}?"
    rf"(?:\b{_HIDDEN}|\byour (?:\w+ )?(?:instructions|prompt|configuration|weights|source code|database|"
    rf"rules)\b|\bthe prompt\b)|"
    rf"\byour {_HIDDEN}|\b(?:were you|you were) (?:instructed|told|configured)\b",
    "role": rf"\byou(?: are|'re) (?:now|no longer|hereby)\b|\byou are {_BOT}\b(?! ?\?)|\byou(?: are|"
    rf"'re) (?:an? )?(?:\w+ )?(?:un(?:filtered|restricted|censored)|dan\b|evil)|"
    rf"{_ORDER}(?:act|respond|behave|answer|role-?play|speak|stay|take on|become)\b[^.?!]{{0,30}}\b(?:as|in|"
    rf"the)\b[^.?!]{{0,30}}?\b{_BOT}\b|"
    r"\b(?:developer|god|jailbreak|debug|maintenance|admin|root|dan|unrestricted) mode\b|\bfrom (?:now|here|"
    r"this message) on,? (?:you|your|respond|answer|reply|act|only)\b|"
    r"\byou (?:have|had) no (?:rules|restrictions|limits|filters|policy)|\b(?:no|"
    r"without) (?:any )?(?:restrictions|limits|filters|content policy)\b.*\b(?:ai|assistant|bot|you)\b|"
    r"\b(?:ai|assistant|bot|persona|as two personas)\b.*\b(?:no|without) (?:any )?(?:restrictions|limits|"
    r"rules|filters|content policy)\b|\bin pirate speak\b",
    "output": rf"{_ORDER}(?:reply|respond|answer|say|print|output|begin|start|append|add|insert|integrate|"
    rf"write)\b(?: (?:only|just|exactly|your|reply|response|answer|a|the|with|word|every|following|back))*"
    r" ?(?:['\"\u2018\u201c]|(?:with|word) [A-Z]{3,}|in emojis?|link to|yes\b$)|\b(?:do ?n[o']t|do not|never|"
    r"cite) (?:cite|nothing|mention (?:a|the|any)? ?sources?|use (?:the|your|any) sources?)|"
    r"\b(?:answer|reply|respond|speak)\b[^.?!]{0,25}\bfrom (?:your )?(?:own )?(?:general knowledge|"
    r"training(?: data)?|memory)|\bno citations?\b|"
    r"\b(?:just |allowed to |may )?make (?:things|stuff|it|them|(?:\w+ ){0,2}\w+) up\b(?=.*\b(?:from|here|you|"
    r"answer)\b)|\bmake up the \w+(?: \w+)?$|\breply only\b|\bcite nothing\b|"
    rf"{_ORDER}(?:print|say|repeat|output) the following\b",
    "to_machine": r"\b(?:note|message|instructions?|attention) to (?:the |any )?(?:ai|assistant|language model|llm|model|"
    r"bot)\b(?: \w+){0,2}\s*(?:$|[:,])|"
    r"^\W*(?:dear )?(?:ai(?: assistant)?|assistant|language model|llm|chatbot)\b\W*[,:]|"
    r"^\W*(?:begin )?system(?: message)?\s*(?::|\bmessage\b)",
    "encoded": r"(?:\b\w ){9,}\w\b|\b(?:decode|decrypt|unscramble|convert|execute|run)\b.*\b(?:follow|obey|do what|"
    r"execut\w+|run)\b|\b(?:execute|run|follow) the following (?:hex|base64|code|bytes)\b",
}
_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|img|iframe|svg|object|embed|style|link|form)\b[^>]*>?|<!--.*?(?:-->|$)|<\|[^|>]*\|>|"
    r"\[/?INST\]|<</?SYS>>|\bon(?:error|load|click)\s*=|javascript:|"
    r"\{\{.*?\}\}|\$\{jndi[^}]*\}|!\[[^\]]*\]\([^)]*\)|'\s*;\s*drop table\b|#{2,}\s*(?:system|instruction|end)\w*\W*",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"(?<=[.?!;])\s+|\s*#{2,}\s*|:\s+(?=\w)|\s+(?=and (?:also )?(?:print|show|reveal|give|ignore|tell|say|"
    r"forget|answer|reply)\b)|,\s+(?=(?:i want|what|how|when|which|who|tell)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?(?:\W|$)|^\W*(?:and |also |so |but )?(?:what|which|who|whose|when|where|why|how|is|are|can|may|must|"
    r"should|do|does|did|will|would|could|tell me about|explain|i want to know|list)\b",
    re.IGNORECASE,
)
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _CLAUSE_FLAGS.items()}


def steering_flags(text: str) -> tuple[str, ...]:
    """The kinds of steering in a cleaned question, for logs: override, reveal, role, output, to_machine, encoded, markup."""
    found = {name for clause in _clauses(text) for name in _flags(clause)}
    if _MARKUP.search(text):
        found.add("markup")
    return tuple(sorted(found))


def honest_part(text: str) -> str | None:
    """What is left of a cleaned question without markup and the clauses that steer; None if nothing of it asks anything."""
    rest = [clause for clause in _clauses(_MARKUP.sub(". ", text)) if not _flags(clause)]
    asked = any(_ASKS.search(clause) and len(set(terms(clause))) >= 1 for clause in rest)
    return " ".join(rest) if asked and re.search(r"[^\W\d_]", " ".join(rest)) else None


def earlier_steering(history: Iterable[Turn]) -> tuple[str, ...]:
    """The kinds of steering in the earlier turns of a conversation, cleaned, for logs."""
    return tuple(sorted({name for turn in history for name in steering_flags(turn.question)}))


def honest_turns(history: Iterable[Turn]) -> Iterator[Turn]:
    """Earlier turns, cleaned, as far as they ask anything: a follow-up is searched for together with the question before it."""
    for turn in history:
        if not steering_flags(turn.question):
            yield turn
        elif honest := honest_part(turn.question):
            yield replace(turn, question=honest)


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSES.split(text) if clause and re.search(r"\w", clause)]


def _flags(clause: str) -> list[str]:
    return [name for name, pattern in _PATTERNS.items() if pattern.search(clause)]
