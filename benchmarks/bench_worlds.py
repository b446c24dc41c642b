"""Rung 3 beside rung 2 on the shipped case: every intervention, imagined and done.

imagined    P(outcome[@i] | record)                        two worlds: what happened, and what would have
done        P(outcome | do(@i), history, chance)           one world, with what was decided and what was luck kept
and         the same two, knowing of what happened the outcome only
"""

from __future__ import annotations

from pathlib import Path

from timing import heading, once, shown

import causal
from causal.errors import QueryError
from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.readings import interior
from causal.exact.tape import Tape
from causal.spec.grammar import parse_question
from causal.spec.model import Model
from causal.spec.modelfile import load_model

DRAWS, REPEATS = 4000, 5
MODEL = Path(causal.__file__).parent.parent / "models" / "ussr.yaml"
OUTCOME = "stalinist_outcome"
KINDS = {
    "done, W = 1": f"P({OUTCOME} = yes | do(@{{}}), history, chance)",
    "imagined, W = 2": f"P({OUTCOME}[@{{}}] = yes | record)",
    "done, nothing seen": f"P({OUTCOME} = yes | do(@{{}}))",
    "imagined, outcome seen": f"P({OUTCOME}[@{{}}] = yes | {OUTCOME} = yes)",
}


def write(model: Model, texts: list[str]) -> Tape:
    """Write questions on one tape; those whose evidence is impossible are left out, as the engine says they are."""
    network = Network.of(model)
    writer = Writer(network)
    slots = []
    for text in texts:
        try:
            slots += writer.write(parse_question(text)).slots
        except QueryError as error:
            print(f"  left out: {text}: {error}")
    return network.recorder.tape(slots)


def main() -> None:
    model = load_model(MODEL)
    heading(f"{model.name}: {len(model.interventions)} interventions, {len(model.variables)} variables, {DRAWS} draws")
    theta = interior(Network.of(model).parameters, 1, DRAWS)
    lengths = []
    for kind, text in KINDS.items():
        texts = [text.format(name) for name in model.interventions]
        tape = write(model, texts)
        writing = min(once(lambda: write(model, texts)) for _ in range(REPEATS))  # noqa: B023
        running = min(once(lambda: tape.values(theta, threads=1)) for _ in range(REPEATS))  # noqa: B023
        lengths.append(len(tape))
        print(f"  {kind:23} {len(tape):>8,} instructions, written in {shown(writing).strip()}", end="")
        print(f", run in {shown(running).strip()}")
    print(
        f"  Imagining from the record takes {lengths[1] / lengths[0]:.1f} times the work of doing: only what an\n"
        "  intervention acts on stands twice, and what happened has one state each; where only the outcome is known\n"
        f"  it is {lengths[3] / lengths[2]:.0f} times: both copies are summed over."
    )


if __name__ == "__main__":
    main()
