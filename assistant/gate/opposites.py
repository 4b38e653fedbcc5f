"""Words of one kind, of which a claim may not hold another than its evidence: suppliers where it speaks of councils."""

import re

_KINDS = [
    [re.compile(rf"\b(?:{word})\b", re.IGNORECASE) for word in kind.split()]
    for kind in (
        r"councils?(?:['’]s?)?|boroughs?|buyers? suppliers?(?:['’]s?)?|sellers?",
        r"central|national local|regional",
        r"goods services works",
        r"(?:below|under)_threshold (?:above|over)_threshold",
        r"open restricted flexible dynamic",
        r"old(?:er|est)?|former(?:ly)? new(?:er|est)?",
        r"early|earlier|earliest late|later|latest",
        r"first|1st second|2nd third|3rd fourth|4th last|final",
        r"increas\w+|r[io]s(?:e|es|en|ing)|rose|grow\w*|grew|up decreas\w+|f[ae]ll(?:s|en|ing)?|drop\w*|reduc\w+|down",
        r"high(?:er|est)? low(?:er|est)?",
        r"large(?:r|st)?|big(?:ger|gest)? small(?:er|est)?",
        r"more less|fewer",
        r"most least|fewest",
        r"long(?:er|est)? short(?:er|est)?",
        r"minimum maximum",
        r"all|every|each|both some|many|several|few most none",
        r"always|usually often|sometimes rarely|seldom never",
        r"public private",
        r"internal(?:ly)? external(?:ly)?",
        r"direct(?:ly)? indirect(?:ly)?",
        r"mandatory|compulsory|obligatory voluntary|optional",
        r"lawful(?:ly)?|legal(?:ly)? unlawful(?:ly)?|illegal(?:ly)?",
        r"includ\w+ exclud\w+",
        r"allow\w*|permit\w* forbid\w*|forbad\w*|prohibit\w*|ban|bans|banned",
        r"draft final",
        r"capital revenue",
        r"win(?:s|ner|ners|ning)?|won los(?:e|es|er|ers|ing)|lost",
        r"start\w*|beg[aiu]n\w* end(?:s|ed|ing)?|finish\w*|expir\w+",
        r"accept\w* reject\w*|refus\w+",
        r"strong\w* weak\w*",
        r"success\w* fail\w*|failure\w*",
        r"hours? days? weeks? months? years?",
        r"hundred thousand million billion",
        r"England Wales Scotland Northern_Ireland",
    )
]
_PHRASES = re.compile(r"\b(below|under|above|over)[- ](?:the )?(threshold)s?|\b(Northern) (Ireland)", re.IGNORECASE)


def is_swapped(claim: str, evidence: str) -> bool:
    """Whether the claim holds a word of a kind more often than the evidence does, and another of that kind less often."""
    claim, evidence = (_PHRASES.sub(_joined, text) for text in (claim, evidence))
    for kind in _KINDS:
        more = [len(word.findall(claim)) - len(word.findall(evidence)) for word in kind]
        if max(more) > 0 > min(more):
            return True
    return False


def _joined(match: re.Match[str]) -> str:
    return "_".join(part for part in match.groups() if part)
