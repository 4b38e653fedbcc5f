"""Whether a drafted sentence is plain text that states something: no link, markup or code, no question, no order to a machine."""

import re

from assistant.guard.steering import steering_flags

_MARKUP = re.compile(
    r"!?\[[^\]]*\]\s*\(|\]\s*\[|<\s*/?\s*[a-zA-Z!?][^>]*>?|&(?:#\d+|#x[\da-f]+|[a-z]+);|`|~~~|\{\{|\}\}|\$\{|\\[a-zA-Z(\[]|\|.*\||[{}]|\[[^\]]*\]|[\[\]<>]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:(?://|(?=[a-z0-9+/%]{6,}))|\bwww\.|[\w.+-]+@[\w-]+\.\w+|\b(?:mailto|javascript):|\bdata:\w+/|\btel:\+?\d|\b\w[\w-]*(?:\.[\w-]+)*\.\w{2,}/\S",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"\b[a-z0-9-]{2,}(?:\.[a-z0-9-]{2,})*\.(?:[a-z]{2,})\b", re.IGNORECASE)
_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"|‘([^‘’]*(?:’\w[^‘’]*)*)’(?!\w)|«([^«»]*)»")
_INVISIBLE = re.compile(
    r"[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_ENDS = (".", "!", ":", ";", ")", "”", '"', "’")


def is_plain(sentence: str, evidence: str) -> bool:
    """Whether there is nothing in it but words. A name such as GOV.UK may stand in it where it stands in the evidence."""
    if _MARKUP.search(sentence) or _ADDRESS.search(sentence) or _INVISIBLE.search(sentence):
        return False
    return all(match.group().lower() in evidence.lower() for match in _DOMAIN.finditer(sentence))


def states_something(sentence: str) -> bool:
    """Whether it is a statement for the officer: no question, no order to a machine, and not a few words only."""
    return not sentence.rstrip("”\"') ").endswith("?") and not steering_flags(sentence) and len(sentence.split()) > 2


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
