"""How writing, tape and running grow with the network: a chain, a tree and a grid of width 4, 10 to 200 variables.

    chain   x1 -> x2 -> ... -> xn          P(xn | do(x1))
    tree    every variable has two children  P(root | all leaves)
    grid    rows of 4, arrows right and down P(last | first)

A plot is saved as SVG into the folder given (benchmarks/out). Slopes are those of log time over log variables, on the
upper half of the sizes, where what every question costs anyway no longer shows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from networks import Net
from timing import OUT, heading, minima, once, shown

from causal.exact.answer import Writer
from causal.exact.network import Network
from causal.exact.tape import Tape
from causal.spec.grammar import parse_question

SIZES = (10, 20, 40, 80, 120, 160, 200)
DRAWS, WIDTH = 1000, 4
MEASURES = ("writing, s", "instructions", f"running {DRAWS} draws, s")


def net(name: str, parents: dict[str, tuple[str, ...]]) -> Net:
    tables = {each: np.full([2] * (len(above) + 1), 0.5) for each, above in parents.items()}
    return Net(name, dict.fromkeys(parents, ("no", "yes")), parents, tables)


def chain(size: int) -> tuple[Net, str]:
    parents = {f"v{i}": (f"v{i - 1}",) if i else () for i in range(size)}
    return net("chain", parents), f"P(v{size - 1} = yes | do(v0 = yes))"


def tree(size: int) -> tuple[Net, str]:
    parents = {f"v{i}": (f"v{(i - 1) // 2}",) if i else () for i in range(size)}
    leaves = ", ".join(f"v{i} = yes" for i in range(size) if 2 * i + 1 >= size)
    return net("tree", parents), f"P(v0 = yes | {leaves})"


def grid(size: int) -> tuple[Net, str]:
    parents = {
        f"v{i}": tuple(f"v{j}" for j, there in ((i - WIDTH, i >= WIDTH), (i - 1, i % WIDTH > 0)) if there)
        for i in range(size)
    }
    return net("grid", parents), f"P(v{size - 1} = yes | v0 = yes)"


def measured(shape: Callable[[int], tuple[Net, str]], size: int) -> tuple[float, float, float]:
    """Return the seconds of writing, the length of the tape and the seconds of running it."""
    made, text = shape(size)
    model, question = made.model(), parse_question(text)
    theta = np.random.default_rng(1).uniform(0.05, 0.95, (sum(t.size // 2 for t in made.tables.values()), DRAWS))

    def written(network: Network) -> Tape:
        return network.recorder.tape(Writer(network).write(question).slots)

    writing = float("inf")
    for _ in range(7):
        network = Network.of(model)
        writing = min(writing, once(lambda: written(network)))  # noqa: B023
    tape = written(Network.of(model))
    return writing, len(tape), minima({"run": lambda: tape.values(theta, threads=1)}, 9)["run"]


def main(folder: Path) -> None:
    heading(f"growth from {SIZES[0]} to {SIZES[-1]} variables")
    found = {}
    for shape in (chain, tree, grid):
        figures = found[shape.__name__] = np.array([measured(shape, size) for size in SIZES])
        slopes = [np.polyfit(np.log(SIZES[3:]), np.log(column[3:]), 1)[0] for column in figures.T]
        print(f"{shape.__name__}: {SIZES[-1]} variables write in {shown(figures[-1, 0]).strip()}, ", end="")
        print(f"{figures[-1, 1]:,.0f} instructions, run in {shown(figures[-1, 2]).strip()}")
        print("  slopes  " + ", ".join(f"{m.split(',')[0]} {s:.2f}" for m, s in zip(MEASURES, slopes, strict=True)))
    print(f"  {plot(found, folder)}")


def plot(found: dict[str, np.ndarray], folder: Path) -> Path:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
    for column, (axis, measure) in enumerate(zip(axes, MEASURES, strict=True)):
        for name, figures in found.items():
            axis.loglog(SIZES, figures[:, column], marker="o", label=name)
        axis.set(title=measure, xlabel="variables")
    axes[0].legend()
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "growth.svg")
    return folder / "growth.svg"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
