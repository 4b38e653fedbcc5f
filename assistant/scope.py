"""Tells a question that this assistant is not for, and which kind it is, so that the officer hears why and where to turn.

Multinomial logistic regression over the question's vector and a few flags of wording. Its coefficients stand in scope.json, made
by evals/bench/train_scope.py from the questions in evals/scope. See docs/adr/0012-scope.md.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.types import Vectors

IN_SCOPE = "in_scope"
# A question that gets no answer anyway is told to be out of scope when that is likelier than not.
WITHOUT_EVIDENCE = 0.5
# Evidence this strong is answered whatever the scope seems to be: of 675 flagged questions out of scope that the model was
# fitted on, none has it.
OVERRULES = 0.9
# What an officer is told: why there is no answer, and where to turn.
MESSAGES = {
    "product_advice": (
        "I can't recommend or judge products or suppliers. I can say what the guidance advises on choosing one: ask, for "
        "example, about market engagement, routes to market or award criteria."
    ),
    "legal_representation": (
        "I can't act in a dispute, draft papers for it or say who would win. Turn to your legal team. I can quote what the "
        "guidance says on the rules: ask, for example, about standstill or the grounds for a direct award."
    ),
    "live_data": (
        "I hold guidance only, not live data such as open tenders, prices, awards or the state of your procurement. "
        "Look on Find a Tender, or ask your procurement team or the supplier."
    ),
    "other_country": (
        "I hold guidance for the United Kingdom only, so I can't answer on the law of other countries or of the European "
        "Union. Turn to the authority or body that you would be buying with there, or to a lawyer who knows that law."
    ),
    "other_topic": (
        "I answer only questions on how UK councils buy technology, and the guidance that I hold says nothing on other "
        "topics. For other council matters, see your council's website or the team in charge."
    ),
}
# Words that tell kinds apart. What they weigh is learned; a flag that says nothing gets a weight near 0.
_FLAGS = {
    "best": r"best|top|favourite|any good|worth|reliable|trust\w*|cheapest|leader|popular|safe pair",
    "recommend": (
        r"recom+end\w*|suggest\w*|prefer\w*|pick|choose|choosing|go (?:for|with)|opinion|rate|rank\w*|"
        r"shortlist"
    ),
    "compare": r"better|worse|vs|versus|compare[sd]?|or|alternatives?|pros and cons|strengths?|beats?",
    "which": r"which|who(?:'s|se|m)?|wh?ich|any|names?",
    "maker": (
        r"sup+liers?|vendors?|provider|products?|brands?|company|companies|firms?|resellers?|consultancy|"
        r"integrator"
    ),
    "product": r"software|packages?|tools?|systems?|sytem|platform|laptops?|tablets?|licen[cs]es?|apps?|crm|erp|kit",
    "court": (
        r"su(?:e|ed|ing)|courts?|judges?|judgment|tribunal|claim\w*|damages|compensation|lawyers?|solicitors?|"
        r"barristers?|counsel|proceedings|trial|hearing|dispute|ombudsman|prosecuted"
    ),
    "outcome": (
        r"win|winning|won|lose|loose|losing|chances?|odds|likely|outcome|predict|prospects|verdict|succeed\w*|"
        r"merits|strong|liable|blame|fault|settle\w*"
    ),
    "defend": r"defen[cds]e?|defending|represent\w*|act (?:for|as)|letter before|witness|appeal",
    "instant": (
        r"today'?s?|tonight|tomorrow|yesterday'?s?|right now|at the moment|at present|(?:this|last|next|"
        r"past) (?:week|month|morning|quarter|fortnight)|these days|so far|latest news|just now|currently"
    ),
    "recent": r"latest|cur+ent|yet|still|live|open|upcoming|new|newest|since|now",
    "price": (
        r"prices?|cost\w*|rates?|how much|pay|paid|paying|quotes?|cheap\w*|charging|discounts?|stock|shares?|"
        r"trading"
    ),
    "holder": (
        r"who (?:won|has|have|holds?|got|supplies|currently|is bidding|was awarded)|winner|awarded|status|"
        r"stage|where is|track"
    ),
    "look_up": r"show|list|find|search|look up|look it up|check|send|notify|alerts?|get me|give me",
    "nation": (
        r"uk|united kingdom|england|english|wales|welsh|scotland|scottish|northern ireland|british|britain|"
        r"belfast|cardiff|home nations"
    ),
    "procurement": (
        r"procur\w*|tender\w*|contra?c?t(?:s|ing|or|ors)?|frame ?works?|thres?h+olds?|notices?|notise|bid(?:s|"
        r"der|ders|ding)?|award\w*|awrd|call-?offs?|standstill|lots?|kpis?|re-?let|dps|dynamic (?:market|"
        r"purchasing)\w*|direct award|novat\w*|extension|extend|modif\w*"
    ),
    "buying": (
        r"buy(?:s|ing|ers?)?|bought|purchas\w*|commission\w*|spend(?:ing)?|supply chain|outsourc\w*|renewals?|"
        r"market engagement"
    ),
    "requirement": (
        r"specif\w*|spec|evaluat\w*|criteri\w*|scor(?:e|es|ed|ing)|weight\w*|social value|smes?|"
        r"small (?:firms?|suppliers?|businesses)|pipeline|clauses?|terms|audit\w*|exit|quotes|value for money|"
        r"vfm"
    ),
    "guidance": (
        r"guidance|guides?|toolkit|playbook|strategy|survey|reports?|regulations?|says?|said|advice|advise|"
        r"rules?|recommendation|code of practice|statement|themes|policy|document|source|page"
    ),
    "law": r"acts?|section|regulations?|legal|lawful|law|allowed|compulsory|mandatory|statutory|pcr|binding",
    "publisher": (
        r"lga|loti|tech ?uk|nao|ccs|gca|cabinet office|gds|ncsc|socitm|cips|ada lovelace|dsit|mhclg|ppns?|"
        r"npps|g-?cloud|ddat|rm ?\d+"
    ),
    "technology": (
        r"ict|software|system|cloud|data|digital|technolog\w*|tech|ai|cyber|apis?|hosting|hosted|saas|"
        r"security|innovation|interoperab\w*|open standards|open source"
    ),
    "duty": r"must|have to|need to|can we|may we|do we|does|should we|are we|is it|apply|applies",
    "manner": r"how (?:do|can|should|long|often|far|early|is|are)|when (?:do|does|is|must|can|should)",
    "define": (
        r"what(?:'s| is| are| does| do) |mean(?:s|ing|t)?|stands? for|define|definition|explain|acronym|"
        r"difference"
    ),
    "compose": (
        r"write|draft|prepare|compose|translate|solve|recipe|poem|joke|song|story|essay|summarise|proofread|"
        r"script"
    ),
    "greeting": r"hi|hello|hey|thanks?|thank you|cheers|bye|good morning|how are you|lol|please",
    "self": r"i|me|my|mine|i'm|i've|im",
    "you": r"you|your|you're|u",
    "we": r"we|our|ours",
    "council": (
        r"council'?s?|councils|borough\w*|district|county|unitary|authority|authorities|councillors?|members|"
        r"local government"
    ),
    "resident": (
        r"bins?|recycling|potholes?|pot holes|pavement|street ?lights?|fly tipping|council tax|"
        r"housing benefit|universal credit|my rent|rent|schools?|school place|parking|permit|blue badge|"
        r"library|libraries|planning permission|planning application|planning refusal|allotments?|cemetery|"
        r"wedding|birth|death|vote|elections?|social worker|carer|foster|adopt|noise|rats?|dog|trees?|"
        r"swimming|leisure|landlord|skip|bonfire|taxi|bus|passport|driving|garden|neighbour'?s?|residents?|"
        r"street|road"
    ),
    "staff": (
        r"annual leave|leave|sick|payday|payroll|pension|maternity|parental|mileage|expenses|flexi|grievance|"
        r"redundancy|dress code|my manager|my boss|colleague|password|printer|vpn|badge|canteen|meeting room|"
        r"job|jobs|apprenticeship|wage|hr"
    ),
    "everyday": (
        r"weather|rain|snow|joke|poem|haiku|limerick|song|story|film|book|football|match|cup|league|recipe|"
        r"cook|bake|wine|restaurant|holiday|flights?|train times|homework|history|king|queen|war|planets?|"
        r"moon|capital of|president|how (?:tall|high|old|far)|square root|times|convert|python|javascript|css|"
        r"sql|excel|spreadsheet|baby|cat|cats|headache|lottery|god|love|friends?|birthday|speech|cv|essay|"
        r"year \d"
    ),
    "brand": (
        r"microsoft|azure|aws|amazon|google|oracle|sap|civica|capita|idox|northgate|nec|mri|fujitsu|"
        r"servicenow|salesforce|dynamics|unit4|workday|copilot|chatgpt|gemini|zoom|teams|dell|hp|cisco|apple|"
        r"ipads?|adobe|atos|serco|bt|vmware|broadcom|openai|palantir|granicus|jadu|agilisys|liquidlogic|mosaic"
    ),
    "own": (
        r"(?:our|my) (?:case|bid|claim|contracts?|procurement|purchase|order|invoice|tender|requisition|"
        r"challenge|defence|dispute|supplier|council|award)"
    ),
    "route": (
        r"frameworks?|procedures?|routes?|clauses?|criteria|weightings?|practice|dynamic market|approach|"
        r"lots?|standards?|notices?"
    ),
    "refers": r"it|that|this|those|them|these|they|one|there|he|she",
}
_ABROAD = (
    "ireland irish dublin cork eu european europe france french germany german germans spain spanish italy italian portugal "
    "portuguese netherlands dutch belgium belgian luxembourg austria austrian switzerland swiss denmark danish sweden swedish "
    "norway norwegian finland finnish iceland icelandic poland polish czech slovakia hungary hungarian romania romanian bulgaria "
    "greece greek croatia slovenia estonia estonian latvia lithuania malta cyprus ukraine turkey turkish russia usa america "
    "american americans canada canadian mexico mexican brazil brazilian argentina chile colombia peru australia australian "
    "zealand india indian pakistan bangladesh china chinese japan japanese korea korean singapore malaysia indonesia philippine "
    "philippines thailand vietnam taiwan israel uae emirates saudi qatar egypt nigeria nigerian kenya kenyan ghana uganda africa "
    "african gibraltar jersey guernsey euro euros texas california florida ohio illinois pennsylvania colorado virginia "
    "michigan maryland massachusetts oregon maine york\\ city york\\ state ontario quebec alberta calgary queensland victoria "
    "federal nato un world\\ bank"
)
_ABROAD_WORDS = _ABROAD.replace("\\ ", "_").replace(" ", "|").replace("_", " ")
# Looked for in lower case: that is several times faster than matching any case.
_LOWER = {
    **{name: re.compile(rf"\b(?:{words})\b") for name, words in _FLAGS.items()},
    "abroad": re.compile(rf"(?<!northern )\b(?:{_ABROAD_WORDS})\b"),
}
# Looked for as written.
_WRITTEN = {
    # "us" is a pronoun.
    "states": re.compile(r"\b(?:US|U\.S\.|USA)\b"),
    "reference": re.compile(r"\b[A-Z][A-Za-z]*-?\d|\b(?:[Ss]ection|[Rr]eg(?:ulation)?|PPN|ppn) ?\d|\d{4}/\d|20[12]\d"),
    "acronym": re.compile(r"\b[A-Z]{2,}\b"),
    "names": re.compile(r"(?<=[a-z,] )[A-Z][a-z]+"),
    "figure": re.compile(r"[£%]|\d"),
}
# Flags that tell more together: the joint flag is up where one of each group is.
_JOINT = {
    "choice": (("best", "recommend", "compare", "which"), ("maker", "product", "brand")),
    "lawsuit": (("court", "defend"), ("outcome", "defend", "compose", "self")),
    "listing": (("instant", "look_up", "holder"), ("procurement", "price", "holder", "brand")),
    "abroad_law": (("abroad", "states"), ("law", "procurement", "guidance", "duty", "buying")),
    "abroad_here": (("abroad", "states"), ("nation", "we")),
    "resident_buys": (("resident", "staff", "everyday"), ("procurement", "buying", "requirement", "product")),
}
# What a question on buying holds; a "bare" one holds none of it.
_SUBJECT = ("procurement", "buying", "requirement", "guidance", "law", "publisher", "technology", "reference")
FEATURES = (*_LOWER, *_WRITTEN, *_JOINT, "follow_up", "short", "long", "bare")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The likeliest kind of question out of scope, and the probability (0 to 1) that the question is out of scope at all."""

    kind: str
    probability: float

    @property
    def message(self) -> str:
        """What an officer is told."""
        return MESSAGES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The coefficients: a row for each kind, in scope first; a column for each number of the vector, then for each of FEATURES."""

    kinds: tuple[str, ...]
    thresholds: dict[str, float]
    intercepts: Vectors
    weights: Vectors

    @classmethod
    def of(cls, values: Any) -> "Model":
        """From the values of scope.json."""
        return cls(
            kinds=tuple(values["kinds"]),
            thresholds=values["thresholds"],
            intercepts=np.array(values["intercepts"], dtype=np.float32),
            weights=np.hstack([values["vector_weights"], values["feature_weights"]]).astype(np.float32),
        )


def fits(model_id: str) -> bool:
    """Whether the shipped coefficients hold for the vectors of an embedding model: they were fitted with one only."""
    return bool(_shipped_values()["model"] == model_id)


def judge_scope(text: str, vector: Vectors, *, follow_up: bool, model: Model | None = None) -> Scope | None:
    """Whether a question is one that this assistant is not for; None if it is not, or if that is not sure enough.

    `vector` is the question's own, of shape (dimensions,) and unit length. `model` is another than the shipped one, for training.
    """
    model = model or shipped_model()
    found = likeliest_scope(text, vector, follow_up=follow_up, model=model)
    return found if found.probability >= model.thresholds[found.kind] else None


def likeliest_scope(text: str, vector: Vectors, *, follow_up: bool, model: Model | None = None) -> Scope:
    """The likeliest kind, however unlikely. Where there is no evidence to answer from, WITHOUT_EVIDENCE is sure enough."""
    model = model or shipped_model()
    flags = np.array(features(text, follow_up=follow_up), dtype=np.float32)
    logits = model.weights @ np.concatenate([vector, flags]) + model.intercepts
    powers = np.exp(logits - logits.max())
    probability = float(1 - powers[0] / powers.sum())
    return Scope(kind=model.kinds[1 + int(logits[1:].argmax())], probability=min(1.0, max(0.0, probability)))


def features(text: str, *, follow_up: bool) -> list[float]:
    """The flags of wording, each 0 or 1, in the order of FEATURES."""
    lower = text.lower()
    found = {name: pattern.search(lower) is not None for name, pattern in _LOWER.items()}
    found |= {name: pattern.search(text) is not None for name, pattern in _WRITTEN.items()}
    joint = (all(any(found[name] for name in group) for group in groups) for groups in _JOINT.values())
    words = len(text.split())
    bare = not any(found[name] for name in _SUBJECT)
    return [float(flag) for flag in (*found.values(), *joint, follow_up, words <= 3, words > 25, bare)]


@cache
def shipped_model() -> Model:
    """The model that is shipped with this code."""
    return Model.of(_shipped_values())


@cache
def _shipped_values() -> Any:
    return json.loads(files("assistant").joinpath("scope.json").read_text(encoding="utf-8"))
