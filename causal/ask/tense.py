"""The words in which a case that is over and one that is still to come differ, all in one place.

    OVER      it has happened, or nobody says when it would     "on the same history without it"
    AHEAD     a forecast (``graph.ahead``)                      "without it"

Readings keep their names in both. Of a case still to come the forecast is told first, because no later luck is known
that a rewrite could keep, and nothing later that one could look back from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from causal.ask.interventions import FORECAST, MINIMAL, READINGS, RETROSPECTIVE
from causal.graph import ahead
from causal.spec.model import Model, frozen


@dataclass(frozen=True)
class Tense:
    """What is said of a case where its time matters; a mapping has an entry per reading, or per analysis (``asks``)."""

    first: tuple[str, ...]  # the readings, in the order in which they are told
    given: Mapping[str, str]  # what each reading takes as given
    read_as: Mapping[str, str]  # how a finding under it begins
    against: Mapping[str, str]  # where its outcome without the change stands
    same: Mapping[str, str]  # what its hollow marks stand for
    glossary: Mapping[str, str]
    without: str
    plausibility: str
    asks: Mapping[str, str]  # an analysis has its own words where it is not named here
    accuracy: str
    opened: str
    counted: str
    decided: str
    unknown: str
    hard: str
    ways: str
    smallest: str
    beside: str
    recorded: str
    unchanged: str
    plural: str
    rest: str
    uncompared: str
    kept: str
    record: str
    settled: str
    happened: str
    luck: str
    compared: str
    would: str
    knew: str
    go_on: str
    brought: str

    @property
    def main(self) -> str:
        """The reading to be told first."""
        return self.first[0]


OVER = Tense(
    first=(MINIMAL, FORECAST, RETROSPECTIVE),
    given=READINGS,
    read_as=frozen(
        {
            MINIMAL: "Under minimal rewrite (the luck of the real course stays as it was)",
            FORECAST: "As a forecast (what came later is open)",
            RETROSPECTIVE: "In retrospect (all that happened is given, and each variable is assumed to keep its luck)",
        }
    ),
    against=frozen(
        {
            FORECAST: ", on the same history without it.",
            MINIMAL: ", on the same history without it.",
            RETROSPECTIVE: ", on the same record without it.",
        }
    ),
    same=frozen(
        {
            FORECAST: "the same history without it",
            MINIMAL: "the same history without it",
            RETROSPECTIVE: "the same record without it",
        }
    ),
    glossary=frozen(
        {
            FORECAST: "History up to the date stands, the intervention is made, all later luck is open: ",
            MINIMAL: "The same, and later luck falls as it did, unless it follows from what is set: ",
            RETROSPECTIVE: "All that is known of this case is given, whenever it was, and what is set is imagined in "
            "it: ",
        }
    ),
    without="The same history, the same luck, and nothing set; in retrospect, what really happened.",
    plausibility="The probability of what it sets, given the history before it, but for what it undoes.",
    asks=frozen({}),
    accuracy="No accuracy can be scored for a past that did not happen: these are coherent summaries of judgements, "
    "not measurements.",
    opened="How open the outcome was at each date on which an intervention begins. Variables decided before the date "
    "have their actual values; with the real luck kept, so have all matters of chance.",
    counted="",
    decided="Given what was decided before",
    unknown="not known",
    hard="When did it become hard to avoid",
    ways="How it could have been avoided, each way counted once",
    smallest="What is the smallest rewrite of history without {}?",
    beside="beside what happened",
    recorded="as it was",
    unchanged="everything is as it was",
    plural="as they were",
    rest="the other {} as they were",
    uncompared="What really happened is not in the model, so it cannot be compared.",
    kept="with {} as it was",
    record="given all that happened",
    settled="What was settled before {} stands as it happened.",
    happened="what happened",
    luck="that it really had",
    compared="Retrospective numbers compare this case with a world that was not (rung 3), and rest on what is the same "
    "in both",
    would="would have happened",
    knew="the experts knew what happened",
    go_on="all other mechanisms go on as they were",
    brought="Who or what would have brought it about might have changed other things too.",
)

AHEAD = Tense(
    first=(FORECAST, MINIMAL, RETROSPECTIVE),
    given=frozen(
        {
            FORECAST: "what is known before the date is fixed, everything after it is open",
            MINIMAL: "what is known before the date is fixed, and so is all luck that is known",
            RETROSPECTIVE: "all that is known is given, and each variable keeps its luck, which is an assumption",
        }
    ),
    read_as=frozen(
        {
            FORECAST: "As a forecast (what is still to come is open)",
            MINIMAL: "Under minimal rewrite (luck that is known already stays as it is)",
            RETROSPECTIVE: "Read as retrospective (all that is known is given, and each variable is assumed to keep "
            "its luck)",
        }
    ),
    against=frozen(dict.fromkeys(READINGS, ", without it.")),
    same=frozen(dict.fromkeys(READINGS, "the same without it")),
    glossary=frozen(
        {
            FORECAST: "What is known before the date stands, the intervention is made, all else is open: ",
            MINIMAL: "The same, and luck that is known by now stands as well, unless it follows from what is set: ",
            RETROSPECTIVE: "All that is known by now is given, and what is set is imagined in it: ",
        }
    ),
    without="With as much known, and nothing set.",
    plausibility="The probability of what it sets, given what is known before it, but for what it undoes.",
    asks=frozen(
        {
            "rewrite": "What is the smallest change that avoids it?",
            "inevitability": "When does it become hard to avoid?",
            "avoidance": "In how many ways can it be avoided?",
            "stories": "What would it look like?",
        }
    ),
    accuracy="Their accuracy can be scored once it is known how it came out; until then these are coherent summaries "
    "of judgements, not measurements.",
    opened="How open the outcome is with what is known before each date on which an intervention begins.",
    counted=" Under minimal rewrite the luck that is known by now counts from the start.",
    decided="Given what is known",
    unknown="not known yet",
    hard="When does it become hard to avoid",
    ways="How it can be avoided, each way counted once",
    smallest="What is the smallest change without {}?",
    beside="beside what is known",
    recorded="as known",
    unchanged="everything is as known",
    plural="as known",
    rest="all else as known",
    uncompared="",
    kept="with what is known by then",
    record="given all that is known",
    settled="What is known before {} stands.",
    happened="what is known",
    luck="that it has",
    compared="Retrospective numbers compare two worlds of this case (rung 3), and rest on what is the same in both",
    would="would happen",
    knew="the experts know what is known",
    go_on="all other mechanisms go on as they are",
    brought="Who or what would bring it about may change other things too.",
)


def tense(model: Model) -> Tense:
    """Return the words for a model's case.

    >>> from causal import load
    >>> tense(load("rain").model).main, tense(load("amoc").model).main
    ('minimal rewrite', 'forecast')
    """
    return AHEAD if ahead(model) else OVER
