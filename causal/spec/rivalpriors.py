"""What is judged of a rival graph: all that was judged of the model it changes, and what is new in a file of its own.

    priors: ussr-d2
    model: ussr-d2
    held: {trotskyist: 10%}           how probable each expert finds the change; one half where nothing is said
    defaults: [...]                   for the parameters that the change brings; or judgements, by the same experts

Who judges, what their weights are, and which cases there are, is said in the model's prior file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from causal.spec.known import choices
from causal.spec.model import Model, frozen
from causal.spec.priors import Judgement, Priors
from causal.spec.priorshape import PriorsShape
from causal.spec.reader import Problems

ELSEWHERE = ("experts", "cases", "seeds", "weights", "pooling")  # keys that the model's prior file has for both


def read_held(
    shape: PriorsShape, model: Model, problems: Problems, judged: Priors | None
) -> Mapping[str, Mapping[str, float]]:
    """Return how probable experts find the change of a rival graph, under its name; nothing of another model."""
    if model.rival is None or judged is None:
        for name in shape.held:
            message = "the change of a rival graph is held; this model changes no other, so leave 'held' out"
            problems.add(name, message)
            break
        return frozen({})
    for key in ELSEWHERE:
        word = shape.node.key(key)
        if word is not None:
            problems.add(word, f"{key!r} belongs in the prior file of {model.rival.like!r}; leave it out here")
    for name in shape.held:
        if name not in judged.experts:
            problems.add(name, f"no expert {str(name)!r}{choices(name, judged.experts)}")
    return frozen({model.name: frozen({str(name): value for name, value in shape.held.items()})})


def beside(judged: Priors, own: Sequence[Priors], model: Model) -> Priors:
    """Return what was ``judged`` of a model with each rival's ``own``, as priors of the changed ``model``."""

    def marked(judgements: Sequence[Judgement], path: str) -> tuple[Judgement, ...]:
        return tuple(replace(each, path=path) for each in judgements)

    added = [each for file in own for each in marked(file.judgements, file.path)]
    defaults = [each for file in own for each in marked(file.defaults, file.path)]
    digests = [judged.digest, *(file.digest for file in own)]
    return replace(
        judged,
        model=model.name,
        judgements=(*judged.judgements, *added),
        defaults=(*judged.defaults, *defaults),
        scales=frozen({**judged.scales, **{name: scale for file in own for name, scale in file.scales.items()}}),
        sources=frozen({**judged.sources, **{key: text for file in own for key, text in file.sources.items()}}),
        held=frozen({name: said for file in own for name, said in file.held.items()}),
        digest=hashlib.sha256(" ".join(digests).encode()).hexdigest(),
    )
