"""Whether a drafted sentence is plain text that states something: no link, markup or code, no question, no order to a machine."""

import re

from assistant.guard.steering import steering_flags

_MARKUP = re.compile(
    r"!?\[[^\]]*\]\s*\(|\]\s*\[|<\s*/?\s*[a-zA-Z!?][^>]*>?|&(?:#\d+|#x[\da-f]+|[a-z]+);|`|~~~|\{\{|\}\}|\$\{|\\[a-zA-Z(\[]|\|.*\||"
    r"[{}]|\[[^\]]*\]|[\[\]<>]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:(?://|(?=[a-z0-9+/%]{6,}))|\bwww\.|[\w.+-]+@[\w-]+\.\w+|\b(?:mailto|javascript):|\bdata:\w+/|"
    r"\btel:\+?\d|\b\w[\w-]*(?:\.[\w-]+)*\.\w{2,}/\S",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"\b[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})*\.(?:[a-z]{2,})\b", re.IGNORECASE)
_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"|‘([^‘’]*(?:’\w[^‘’]*)*)’(?!\w)|«([^«»]*)»")
# Orders to whoever writes, where a sentence begins or after a word of agreement, and what only a writer of answers has.
_TO_A_WRITER = re.compile(
    r"(?:^|[:!]\s+|[-–]\s+)(?:please\s+|now\s+|also\s+)*(?:write|rewrite|explain|describe|translate|provide|compose|develop|"
    r"create|generate|invent|imagine|"
    r"summari[sz]e|paraphrase|rephrase|reword|modify|integrate|append|augment|enhance|embed|insert|introduce|incorporate|replace|"
    r"rearrange|scramble|"
    r"swap|reverse|combine|group|remove the|tell|say|reply|respond|answer|print|output|repeat|recite|list all|show me|give me|"
    r"break down|convince|persuade|tease|"
    r"demonstrate|teach|sing|act|pretend|encourage|promote|emphasi[sz]e|express|hint|suggest that|urge|substitute|encode|decode|"
    r"spell|misspell|use \w+ (?:for|in place of))\b"
    r"|\byour (?:answer|response|reply|output|replies|responses|text|message|words)\b|\b(?:certainly|sure|of course|as (?:asked|"
    r"requested|instructed|you wish))\b\s*[!:,]",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_FEWEST_WORDS = 2


def is_plain(sentence: str, evidence: str) -> bool:
    """Whether there is nothing in it but words. A name such as GOV.UK may stand in it where it stands in the evidence."""
    if _MARKUP.search(sentence) or _ADDRESS.search(sentence) or _INVISIBLE.search(sentence):
        return False
    return all(match.group().lower() in evidence.lower() for match in _DOMAIN.finditer(sentence))


def states_something(sentence: str) -> bool:
    """Whether it is a statement for the officer: no question, no order to a machine, and not a few words only."""
    if sentence.rstrip("”\"'’) ").endswith("?") or len(sentence.split()) <= _FEWEST_WORDS:
        return False
    return not _TO_A_WRITER.search(sentence) and not steering_flags(sentence)


def is_verbatim(sentence: str, evidence: str) -> bool:
    """Whether everything in quotation marks stands so in the evidence, and every mark has its partner."""
    rest = _QUOTED.sub(" ", sentence)
    if re.search(r"[“”\"«»]|‘", rest):
        return False
    held = _one_form(evidence)
    for match in _QUOTED.finditer(sentence):
        quoted = _one_form(next(group for group in match.groups() if group is not None)).strip()
        # British and American habits differ on whether the stop stands within the marks.
        if quoted not in held and quoted.rstrip(".,;") not in held:
            return False
    return True


def _one_form(text: str) -> str:
    return " ".join(text.translate(str.maketrans("“”‘’«»", '""\'\'""')).split())
