"""Networks of the bnlearn repository: size, seconds to load, and the seconds of an answer or why there is none.

The question is the distribution of the variable with the most ancestors. The files come in the wheel of pgmpy.
"""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path

from causal import load
from causal.errors import TooLarge
from causal.spec.model import Given
from causal.spec.question import Event, Probability


def main() -> None:
    found = find_spec("pgmpy")
    if found is None:
        print("pgmpy, whose wheel carries the networks, is not installed")
        return
    folder = Path((found.submodule_search_locations or [""])[0], "utils/example_models")
    load(folder / "asia.bif.gz").sample().ask("P(dysp)")  # what is compiled is compiled
    print(f"{'network':12}{'variables':>10}{'arrows':>8}{'numbers':>9}{'load s':>8}{'ask s':>8}  answer")
    for path in sorted(folder.glob("*.bif.gz")):
        started = time.perf_counter()
        study = load(path)
        loaded = time.perf_counter() - started
        variables, graph = study.model.variables, study.elicited.network.graph
        deepest = max(graph.order, key=lambda name: len(graph.ancestors([name])))
        started = time.perf_counter()
        try:
            told = study.sample().ask(Probability((Event(deepest),))).text
        except TooLarge as error:
            told = f"refused: {error}"
        asked = time.perf_counter() - started
        arrows = sum(len(variable.edges) for variable in variables.values())
        numbers = sum(len(v.mechanism.shares) for v in variables.values() if isinstance(v.mechanism, Given))
        size = f"{len(variables):>10,}{arrows:>8,}{numbers:>9,}"
        print(f"{study.model.name:12}{size}{loaded:>8.2f}{asked:>8.2f}  {told[:70]}")


if __name__ == "__main__":
    main()
