"""What the wording of a question shows of its intent: flags that the intent model weighs beside the question's vector."""

import re

# Each is a matter of wording, not of subject: the vector holds the subject. "we" and "i" tell asking for oneself from asking about others.
_FLAGS: dict[str, str] = {
    "wants_help": r"\b(?:how (?:can|do|could|would|should|might|to|best|else|long|much)|help (?:me|us)|show (?:me|us)|"
    r"tell (?:me|us) how|teach|talk me|"
    r"write|draft|word(?:ing)? |phrase|suggest|give (?:me|us)|tips?|tricks?|ways? (?:of|to|round|around)|"
    r"(?:best|easiest|safest|smartest|quickest|good) way|"
    r"is there a (?:way|trick|loophole|method|clever)|what (?:can|could|should|shall) (?:i|we) (?:say|put|"
    r"claim|call|invent|write)|make up|need to make)\b",
    "asks_permission": r"(?:^|[.?!,;:] |\band |\bor |\bso )(?:is|are|was|can|may|must|should|could|do|does|would) (?:it|that|"
    r"this|splitting|there|we|i|a|an|the|they|officers|"
    r"suppliers|bidders|councils?|contracting|joint|two)\b(?!.*\b(?:how|help|suggest|tip off|trick|loophole|"
    r"clever)\b)|\b(?:allowed|lawful|legal|permi(?:tted|ssible)|against the law|"
    r"acceptable|required|illegal|unlawful)\b(?! and)",
    "asks_facts": r"(?:^|[.?!,;:] |\band )(?:what (?:is|are|does|do|counts?|happens|makes|must|was|should|powers|records?|"
    r"now|next)|when (?:can|may|must|do|does|is|are|should)|"
    r"under what|who|why|explain|how (?:is|are|should|must|long|much|many)|is there guidance|"
    r"which (?:notices?|documents?|standards?|contracts?|procurements?|pricing))\b",
    "prevents": r"\b(?:detect\w*|spot|prevent\w*|stop(?:s|ping)?|guard(?:s|ing)? against|safeguards?|protect\w*|"
    r"report(?:ing)?|red flags?|warning signs?|signs? of|"
    r"investigat\w*|suspect\w*|consequences?|penalt\w+|sanctions?|deal with|respond|raise a concern|"
    r"whistle\w*|put it right|disclose|must (?:i|we) (?:do|declare|record)|what next|options now|"
    r"fair(?:ly|ness)?|mistakes?|errors?|wrongly|securely|level|equal(?:ly)?|all bidders|alike|any supplier|"
    r"objective\w*|lawful(?:ly)?|legally|properly|by accident|avoid (?:bias|conflicts?|a challenge|challenges|"
    r"breach\w*|over\w*|favour\w*)|without (?:giving|breach\w+))\b",
    "evades": r"\b(?:(?:(?:get|gets|getting|got|work) (?:a?round|past|out of)|bypass\w*|dodg\w+|evad\w+|side-?step\w*|"
    r"circumvent\w*|skip(?:ping)?|escape|duck|skirt|avoid(?:ing)?|ignor\w+|"
    r"bend(?:ing)?|flout\w*|beneath|cheat\w*|fool\w*|stretch) (?:(?:\w+(?:['-]\w*)? ){0,4}?)(?:rules?|"
    r"regulations?|act|law|thresholds?|limit|process|procedure|competition|competing|tender\w*|"
    r"publi\w+|notices?|advertis\w*|standing orders|scrutiny|audit|controls?|checks?|checking|duty|board|foi|"
    r"declar\w+|standstill|grounds?|evaluation|portal|exclusion)|"
    r"without (?:a |any |the (?:usual )?)?(?:competition|tender\w*|checks)|no (?:tender|competition)\b|"
    r"away with|loophole\w*|trick\w*|back ?door|(?:don'?t|needn'?t|not|no one has to) have to (?:go|tender|"
    r"publish|advertis\w+|compete|declare|run|tell)|off the (?:radar|books|record)|under the (?:radar|table)|"
    r"trip\w* the|stay\w* (?:below|under)|"
    r"keep\w* (?:\w+ ){0,4}(?:below|under|low)\b|artificial\w*|abus\w+|misus\w+|leave us alone|makes? me tender)\b",
    "conceals": r"\b(?:hid(?:e|es|ing)(?! (?:the )?(?:costs?|charges?|personal|price from))|conceal\w*|"
    r"cover(?:ing)? (?:up|my|our|that)|bury|secret(?:ly)?|quiet(?:ly)?|discreet(?:ly)?|hush|sneak\w*|slip|"
    r"(?:nobody|no ?one|anyone|anybody|people|audit\w*|press|public|members|board)\b[\w' ]{0,20}\b(?:notic\w+|"
    r"know\w*|find\w*|see\w*|realis\w+|check\w*|hear\w*|suspicious|wind)|"
    r"without (?:anyone|anybody|people|telling|leaving|it being|being|getting caught|writing|the (?:press|"
    r"public|members|market))|get\w* caught|found out|caught|trace|paper ?trail|"
    r"tracks|obvious|from showing|unnoticed|keep (?:\w+ ){1,4}(?:off|out of) (?:the )?(?:public|press|papers?|"
    r"paperwork|books|file|register|minutes|reports?|sight|radar|record|platform|central)|"
    r"keep (?:it|this|that|the link) (?:quiet|secret)|leave (?:\w+ ){1,4}out|destroy\w*|"
    r"get rid of (?:the )?(?:e?mails?|records?|notes?|evidence)|what \w+ should i get rid of|lose the|"
    r"spott(?:ed|ing)|disappearing|no (?:evidence|record)|without a record|cleaned|in the dark|rather not|"
    r"never (?:see|show)|doesn'?t mention|wind of|links the two|tidy away|"
    r""
    r"mislabel\w*|redact everything)\b",
    "pretends": r"\b(?:look(?:s|ed)? (?:as if|as though|real|right|normal|open|fair|random|cheap|on time|good|separate|"
    r"like (?:a|an|two|separate|it was|we))|"
    r"(?:mak(?:e|es|ing)|so|but) (?:that )?(?:it|this|everything|the \w+(?: \w+)?|each one) (?:looks?|seems?|"
    r"appears?)|it seems we|to make it seem|pretend(?! to be| you)\w*|disguis\w+|dress\w* (?:\w+ ){0,2}up|"
    r"dummy|sham|fak(?:e|ed|ing)|bogus|phon(?:e)?y|fictitious|fictional|fals(?:e|ely|ify\w*)|forg(?:e|ed|ing)|"
    r"back-?dat\w+|antedat\w+|fabricat\w+|invent(?:ed|ing)?|made[- ]up|mak\w+ up|cook\w* up|"
    r"pass (?:\w+ ){1,3}off as|tick the box|cover (?:bid|bids|quote|quotes|story)|"
    r"on paper|really (?:is|one|qualif\w+)|when (?:it|we) (?:really|didn'?t|don'?t)|although (?:there|it|we)|"
    r"even though we know|mislead\w*|trick|cover story|excuse|believable|sounds best|formality|"
    r"pass(?:es)? for|look natural|lie on|lying|fool|cheat\w*|has to say|in truth|kinder|creative accounting|"
    r"fit like)\b",
    "rigs": r"\b(?:rig(?:s|ged)?|fix (?:a|an|the|it)|fiddl\w+|mak(?:e|es|ing) sure (?:that )?(?:only|our|my|"
    r"the (?:panel|right|incumbent|winner|supplier)|we know)|"
    r"guarantee(?:s|d)? (?:that )?|so (?:that )?(?:only|our|my|the (?:right|incumbent|panel|winner|director|"
    r"chief)|it (?:loses|wins)|they (?:come|win|lose|can't))|"
    r"\bonly (?:one|firm|company|supplier|\w+ (?:can|could|qualif\w+))|(?:everyone|everybody|nobody|no one|"
    r"none) (?:except|but|else)|knock\w* out|shut out|rul\w+ out|"
    r"tailor\w*|steer|nudge|favours|like a glove|comes? (?:out )?(?:first|top|on top|through)|sails? through|"
    r"re-?mark|bump up|mark down|alter the scores?|change the scores|"
    r"(?:already|have) (?:chosen|picked|decided|promised|settled)|picked before|settled already|want to win|"
    r"wants? (?:his|her|their|the) \w+ to win|outcome is certain|lock\w* (?:\w+ ){0,2}out|swing it|"
    r"whoever (?:we|i) (?:like|want)|whatever the scores|ends? up first|no-hopers|(?:get|got|"
    r"have) (?:\w+ ){1,2}disqualified|"
    r"just one of them|our (?:guy|man|firm)|inside track|bound to win|need them first|beats?|pre-?select\w*)\b",
    "bends_to": r"\bso (?:that )?(?:\w+(?:'\w*)? ){1,6}?(?:can't|cannot|couldn't|won't|doesn't|don't|didn't|needn't|loses?|"
    r"fails?|wins?|pass(?:es)?|sees?|only|never|nobody|no one|none|"
    r"seems?|looks?|appears?|comes? out|comply)\b|\b(?:purely|just|simply) (?:so|to avoid|don't like|to tick)|"
    r"\bto (?:make sure|ensure) (?:that )?(?:only|no)|\bthat (?:only|no ?one|nobody)\b|"
    r"\b(?:will|would|could|to) (?:fail|trip|put (?:them|others|the rest) off)|\b(?:we|"
    r"i) (?:simply )?don't like|on purpose|one i (?:like|want)",
    "fabricates": r"\b(?:(?:present|put|bill|claim|describe|label|record|write)\w* (?:\w+ ){1,4}(?:up )?(?:as|through as)|"
    r"never (?:took place|happened)|(?:we|i) (?:didn't|did not|haven't) "
    r"(?:do|hold|consult|have|run|get|ask)|(?:edit|change|alter|amend|rewrite|adjust|"
    r"tweak) the (?:\w+ ){0,3}(?:records?|dates?|notes?|log|minutes|criteria|scores?|scoring|marks|file|"
    r"register)|"
    r"what (?:\w+ )?(?:date|figure|reasons?|emergency|excuse|story|ground|value)s? (?:should|could|can|do|"
    r"might|shall) (?:we|i)|there is no|didn't meet|did not meet|really is|"
    r"afterwards|after the (?:event|fact)|as if)\b",
    "leaks": r"\b(?:leak\w*|tip (?:off|\w+ off)|(?:tell|telling|show|pass|share|forward|slip|give|let|"
    r"drop hints?)\b[\w' ]{0,40}\b(?:competit\w+|rivals?'?s?|other bid\w*|others?|"
    r"prices?|scores?|head start|early|budget|offers?|in advance|ahead|undercut|beat)|head start|undercut|"
    r"early sight|price they have to beat|open the bids early|resubmit)\b",
    "private_ties": r"\b(?:(?:my|his|her|our|their|a)\s(?:\w+\s)?(?:mates?|friends?|brother|sister|cousin|uncle|wife|husband|"
    r"partner|son|daughter|pal|buddy|family|side business|relationship|"
    r"interest|contact|stake)(?:'s)?|friendly firm|preferred (?:supplier|bidder|vendor)|favou?rite|"
    r"(?:supplier|vendor|one|firm|company|system|product|solution) (?:that )?(?:we|i) (?:want|like|prefer)|"
    r"our (?:one|supplier|guy)|the one (?:i|we) (?:want|like))\b",
    "pays": r"\b(?:brib\w+|kick-?backs?|backhanders?|sweeteners?|under the table|in cash|thank (?:me|us|you|him|her)|"
    r"reward|commission|hospitality|gifts?|tickets?|holiday|"
    r"promised me|employ my|job (?:next|in return)|in return|pay (?:for )?(?:my|a competitor)|route the money|"
    r"sort me out|owe (?:him|her|them)|favours for|on the side|a cut of|donation|as thanks|paying someone)\b",
    "colludes": r"\b(?:(?:two|three|dummy|some) losing (?:quotes?|bids?)|agree with (?:the )?other|tak(?:e|ing) turns|"
    r"divide the market|coordinate|cover (?:bids?|prices?|quotes?)|pay (?:a )?competitor|"
    r"high bid|two (?:more )?(?:quotes?|dummy)|share our prices|who wins which|carve up|not to bid|"
    r"signal prices|bid high|quote higher|beforehand|three company names|we've agreed)\b",
    "divides": r"\b(?:split\w*|chop\w*|carv\w+|break\w* (?:\w+ ){0,4}up|disaggregat\w*|(?:several|four|five|six|three|"
    r"many|lots of|dribs and) (?:drabs|smaller|small|separate|unrelated|contracts|purchases|purchase|orders|"
    r"direct)|phas(?:e|ing)|instal?ments?|understat\w+|different cost cent\w+|purchase orders|piecemeal|"
    r"forever|for ever)\b",
    "threatens": r"\b(?:intimidat\w+|blacklist\w*|blackmail\w*|bully|threaten\w*|scare|silly title|over christmas|"
    r"wrong cpv|don'?t want them to|hope (?:no ?one|nobody))\b",
    "own_case": r"\b(?:i|i'm|i'd|we|we'd|we've|our|my|me|us|ours)\b",
}
_WRONGS = (
    "evades",
    "conceals",
    "pretends",
    "rigs",
    "bends_to",
    "fabricates",
    "leaks",
    "pays",
    "colludes",
    "divides",
    "threatens",
)
_PATTERNS = {name: re.compile(pattern) for name, pattern in _FLAGS.items()}


def wording(text: str) -> dict[str, float]:
    """Flags (0 or 1) and their meetings, by name: the same names for every question, in one order."""
    plain = text.casefold().replace("\u2019", "'")
    found = {name: float(pattern.search(plain) is not None) for name, pattern in _PATTERNS.items()}
    wrongs = sum(found[name] for name in _WRONGS)
    return found | {
        "wrongs": min(wrongs, 3.0),
        "help_with_wrong": found["wants_help"] * min(wrongs, 1.0) * (1 - found["prevents"]),
        "several_wrongs": float(wrongs >= 2),
        "wrong_of_own": found["own_case"] * min(wrongs, 1.0) * (1 - found["prevents"]),
    }
