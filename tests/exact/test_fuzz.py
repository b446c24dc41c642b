"""A hundred thousand random strings: each is a question that is answered, or a QueryError; never anything else."""

from __future__ import annotations

import numpy as np

import causal
from causal.errors import QueryError
from causal.spec.grammar import parse_question

STRINGS = 100_000
WORDS = (
    "P PN PS PNS ATE ETT NDE NIE CDE increases complements effect do history record chance baseline none only all but "
    "row before causes in types season dry rainy sprinkler on off rain clear some heavy grass wet drought_law ( ) [ ] "
    "{ } , | : ~ @ + - * / -> = != < <= > >= 0.5 1919 % \" ' \\ ; é"
).split()
PLAIN = [
    "P(grass = wet | do(rain = heavy), season = dry)",
    "P(grass[rain = clear] = wet | grass = wet, rain = heavy)",
    "P(grass[@drought_law] = wet | record)",
    "P(grass[rain = rain[season = dry], sprinkler = on] = wet)",
    "PN(sprinkler = on -> grass = wet | season = dry)",
    "P(grass = wet | rain ~ {some: 0.2, heavy: 0.8}, history before 1919)",
    "P(grass = wet) - 0.5 * P(rain | season = dry)",
    "effect(sprinkler = on -> grass = wet | chance)",
]


def texts(rng: np.random.Generator):
    for number in range(STRINGS):
        if number % 4 == 0:
            yield " ".join(rng.choice(WORDS, size=int(rng.integers(1, 16))))
        elif number % 4 == 1:
            yield "".join(map(chr, rng.integers(32, 0x250, size=int(rng.integers(0, 40)))))
        else:  # a right question with a few words exchanged
            words = PLAIN[int(rng.integers(len(PLAIN)))].replace("(", " ( ").replace(")", " ) ").split()
            for _ in range(int(rng.integers(1, 4))):
                words[int(rng.integers(len(words)))] = str(rng.choice(WORDS))
            yield " ".join(words)


def test_random_strings_are_questions_or_query_errors() -> None:
    writer = causal.load("rain").elicited.writer
    read = answered = 0
    for text in texts(np.random.default_rng(7)):
        try:
            question = parse_question(text)
            read += 1
            page = writer.write(question)
        except QueryError:
            continue
        assert page.slots
        answered += 1
    assert read > answered > 100
