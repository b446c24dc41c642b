"""Simulation-based calibration of the families in docs/calibration/: the generator of docs/calibration.md.

    python docs/calibration.py [--simulations 1000] [--out out/calibration]    simulate what is missing, write the page
    python docs/calibration.py --page                                          write the page from calibration.json

Each batch of simulations is a file of its own, written whole or not at all, in a folder named by the digest of all
that the numbers depend on: the sources of the package that make a posterior, the families, the versions of what
samples. So a run that was killed goes on where it was, does nothing twice, and mixes no two versions. A batch has a
seed of its own.

The verdict is family-wise over all quantities of all families (Bonferroni): ranks in simultaneous bands at 1 %, and
what 90 % intervals cover, by the exact binomial test, at 1 %. Failures are counted; one is enough not to pass.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import causal
from causal.learn.calibrating import DRAWS, Calibration
from causal.learn.uniformity import band, covered, p_value
from causal.spec.grammar import parse_question
from causal.spec.priors import POOLED

PAGE = Path(__file__).with_suffix(".md")
NUMBERS, PICTURE, FOLDER = PAGE.with_suffix(".json"), PAGE.with_suffix(".png"), PAGE.with_suffix("")
SEED, BATCH, SIMULATIONS = 1912, 20, 1000
LEVEL, FAMILYWISE = 0.9, 0.01
BAR = "\\|"  # inside a table
SOURCES = ("errors.py", "graph.py", "spec", "elicit", "exact", "learn")
VERSIONS = ("numpy", "scipy", "numba", "nutpie")

# A family: whose posterior is calibrated, and the questions that are ranked beside all parameters.
FAMILIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "linear": (
        ("early", "late"),
        (
            "P(revolt = yes)",
            "P(hunger = yes | do(pests = many))",
            "P(yield = good | pests = many)",
            "PN(reserves = low -> revolt = yes)",
        ),
    ),
    "hierarchical": ((POOLED,), ("P(fire = yes)", "P(fire = yes | do(drought = no))", "P(drought = yes | fire = yes)")),
    "derived": (
        ("engineer",),
        (
            "P(bridge = falls)",
            "P(bridge = falls | do(repair = late))",
            "P(bridge[repair = done] = holds | repair = late, bridge = falls)",
            "P(flood = yes | bridge = falls)",
        ),
    ),
    "cases": (
        ("historian",),
        ("P(success = yes)", "P(success = yes | do(fund = full))", "P(slump = yes | success = yes)"),
    ),
    "types": (
        ("trialist",),
        (
            "P(well[taken = yes] = yes) - P(well[taken = no] = yes)",
            "P(well[taken = yes] = yes | taken = no, well = no)",
            "P(well = yes | taken = yes)",
        ),
    ),
}


@dataclass(frozen=True)
class Row:
    """One quantity of one posterior: how often each rank came up, and what follows."""

    family: str
    expert: str
    quantity: str
    counts: tuple[int, ...]

    @property
    def p(self) -> float:
        """How probable it is that uniform ranks lie as far out."""
        return _p(self.counts)

    @property
    def coverage(self) -> tuple[float, float]:
        """The share of 90 % intervals that hold the truth, and how probable as odd a share is."""
        inside, p = covered(np.array(self.counts), LEVEL)
        return inside / sum(self.counts), p


@cache
def _p(counts: tuple[int, ...]) -> float:
    return p_value(np.array(counts))


def calibration(family: str, expert: str) -> Calibration:
    """Return a family's posterior to be calibrated."""
    study = causal.load(FOLDER / f"{family}.yaml", FOLDER / f"{family}-priors.yaml")
    asked = tuple(parse_question(text) for text in FAMILIES[family][1])
    return Calibration(study.model, study.priors, expert, asked)


def posteriors() -> Iterator[tuple[str, str]]:
    """Yield family and expert of every posterior that is calibrated."""
    for family, (experts, _) in FAMILIES.items():
        for expert in experts:
            yield family, expert


def digest() -> str:
    """Return the digest of all that a simulation depends on."""
    package = Path(causal.__file__).parent
    files = sorted(
        file for name in SOURCES for file in [package / name, *(package / name).rglob("*.py")] if file.is_file()
    )
    found = hashlib.sha256(json.dumps([SEED, BATCH, FAMILIES, {name: version(name) for name in VERSIONS}]).encode())
    for file in (*files, *sorted(FOLDER.iterdir())):
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def run(out: Path, simulations: int, only: str = "") -> Path:
    """Simulate what is missing, and return the folder of results."""
    folder = out / digest()
    folder.mkdir(parents=True, exist_ok=True)
    for batch in range(-(-simulations // BATCH)):
        for family, expert in posteriors():
            file = folder / f"{family}-{expert.replace(' ', '_')}-{batch:04}.json"
            if not file.exists() and only in ("", family) and (FOLDER / f"{family}.yaml").exists():
                started = time.process_time()
                one = calibration(family, expert)
                every = [asdict(one.simulate([SEED, batch, i])) for i in range(BATCH)]
                made = {"quantities": one.quantities, "seconds": time.process_time() - started, "simulations": every}
                _keep(file, json.dumps(made))
                sys.stderr.write(f"{file.name}: {made['seconds']:.1f} s CPU\n")
    return folder


def _keep(file: Path, text: str) -> None:
    part = file.with_suffix(f".{os.getpid()}")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)


def gather(folder: Path) -> dict[str, Any]:
    """Return what the page is made from: of every posterior the counts of each quantity's ranks, and what failed."""
    found = []
    for family, expert in posteriors():
        batches = [
            json.loads(file.read_text()) for file in sorted(folder.glob(f"{family}-{expert.replace(' ', '_')}-*.json"))
        ]
        if not batches:
            continue
        every = [each for batch in batches for each in batch["simulations"]]
        ranks = np.array([each["ranks"] for each in every if not each["failure"]])
        counts = {
            name: np.bincount(column, minlength=DRAWS + 1).tolist()
            for name, column in zip(batches[0]["quantities"], ranks.T, strict=True)
        }
        found.append({
            "family": family, "expert": expert, "simulations": len(every), "counts": counts,
            "failures": [each["failure"] for each in every if each["failure"]],
            "longer": sum(each["longer"] > 0 for each in every),
            "divergent": sum(each["divergences"] > 0 for each in every),
            "divergences": sum(each["divergences"] for each in every),
            "seconds": round(sum(batch["seconds"] for batch in batches)),
        })  # fmt: skip
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "digest": folder.name,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in VERSIONS}},
        "posteriors": found,
    }


def rows(numbers: Mapping[str, Any]) -> list[Row]:
    """Return every quantity of every posterior."""
    return [
        Row(each["family"], each["expert"], name, tuple(counts))
        for each in numbers["posteriors"]
        for name, counts in each["counts"].items()
    ]


HEAD = """# Calibration

Does the posterior deserve its name? A truth is drawn from the priors, data are made up at that truth, the posterior
given the data is drawn from by the road of every file, and the truth's rank among the draws is noted. If all is right,
ranks are uniform, for every quantity (Talts et al. 2018), those that look at the data among them (Modrák et al. 2023):
the log likelihood and the log joint density, written anew from the data. `make calibrate` repeats what follows, and
goes on where it was stopped; `causal/learn/calibrating.py` says how data are made up. The families are the files in
[calibration/](calibration/).

Run on {date}; digest of sources, families and versions `{digest}`; {versions}.

**{quantities} quantities. Outside the simultaneous bands (Säilynoja et al. 2022; 1 % family-wise over all quantities,
so {limit:.2g} each): {off}. Intervals of 90 % that do not cover 90 % (exact binomial test, the same level): {out}.
Simulations that failed: {failed} of {simulations:,}.**

| family | posterior of | runs | failed | drawn longer | diverging draws | quantities | least p | coverage | CPU s |
|---|---|---|---|---|---|---|---|---|---|
{families}

Ranks are among {draws} draws, every tenth of three chains. Chains of which some quantity is worth fewer than 300
independent draws are drawn anew, four times as long, and counted as drawn longer.

![Differences of the ranks' distribution from uniform, and the simultaneous band]({picture})

A line to each quantity: blue a parameter or a question, orange what looks at the data; grey is the band.

## Every quantity

| family | posterior of | quantity | p of ranks | coverage | p of coverage |
|---|---|---|---|---|---|
{rows}
"""


def page(numbers: Mapping[str, Any]) -> str:
    """Return the page."""
    every = [(row, row.p, *row.coverage) for row in rows(numbers)]
    limit = FAMILYWISE / len(every)
    posteriors, families = numbers["posteriors"], []
    for each in posteriors:
        mine = [
            (p, share) for row, p, share, _ in every if (row.family, row.expert) == (each["family"], each["expert"])
        ]
        shares = [share for _, share in mine]
        families.append(
            f"| {each['family']} | {each['expert']} | {each['simulations']:,} | {len(each['failures'])} | "
            f"{each['longer']} | {each['divergences']} in {each['divergent']} | {len(mine)} | {min(mine)[0]:.2g} | "
            f"{min(shares):.3f} to {max(shares):.3f} | {each['seconds']} |"
        )
    failures = [failure for each in posteriors for failure in each["failures"]]
    text = HEAD.format(
        date=numbers["date"],
        digest=numbers["digest"],
        versions=", ".join(f"{name} {number}" for name, number in numbers["versions"].items()),
        quantities=len(every),
        limit=limit,
        off=sum(p < limit for _, p, _, _ in every),
        out=sum(p < limit for *_, p in every),
        failed=len(failures),
        simulations=sum(each["simulations"] for each in posteriors),
        families="\n".join(families),
        draws=DRAWS,
        picture=PICTURE.name,
        rows="\n".join(
            f"| {row.family} | {row.expert} | `{row.quantity.replace('|', BAR)}` | {p:.2g} | {share:.3f} | {q:.2g} |"
            for row, p, share, q in every
        ),
    )
    if failures:
        text += "\n## What failed\n\n"
        text += "".join(f"- {failures.count(reason)} times: {reason}\n" for reason in sorted(set(failures)))
    return text


def draw(numbers: Mapping[str, Any]) -> None:
    """Draw, for every posterior, how far each quantity's distribution of ranks is from uniform, inside its band."""
    from matplotlib.figure import Figure

    every, limit = rows(numbers), FAMILYWISE / len(rows(numbers))
    panels = numbers["posteriors"]
    figure = Figure(figsize=(9, 2.2 * -(-len(panels) // 2)), layout="constrained")
    axes = figure.subplots(-(-len(panels) // 2), 2, sharex=True, sharey=True, squeeze=False).ravel()
    z = np.arange(1, DRAWS + 1) / (DRAWS + 1)
    for axis, each in zip(axes, panels, strict=False):
        mine = [row for row in every if (row.family, row.expert) == (each["family"], each["expert"])]
        total = sum(mine[0].counts)
        low, high = band(total, DRAWS, limit)
        axis.fill_between(z, np.array(low) / total - z, np.array(high) / total - z, color="0.88")
        for row in mine:
            seeing = row.quantity.startswith("log ")
            style = {"color": "#d55e00", "lw": 1.2} if seeing else {"color": "#0072b2", "lw": 0.6, "alpha": 0.7}
            axis.plot(z, np.cumsum(row.counts)[:-1] / total - z, **style)
        axis.set_title(f"{each['family']}: {each['expert']}, {total:,} simulations", fontsize=9)
        axis.axhline(0, color="0.4", lw=0.5)
    for axis in axes[len(panels) :]:
        axis.set_visible(False)
    figure.supxlabel("rank of the truth, as a share", fontsize=9)
    figure.supylabel("distribution minus uniform", fontsize=9)
    figure.savefig(PICTURE, dpi=85, metadata={"Software": None})


def main() -> None:
    """Simulate what is missing, and write numbers, page and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=SIMULATIONS, help="of every posterior")
    parser.add_argument("--out", type=Path, default=Path("out/calibration"), help="where the batches are kept")
    parser.add_argument("--only", default="", choices=["", *FAMILIES], help="simulate this family alone, write no page")
    parser.add_argument("--page", action="store_true", help="simulate nothing: the page from the numbers that are kept")
    options = parser.parse_args()
    if not options.page:
        folder = run(options.out, options.simulations, options.only)
        if options.only:
            return
        NUMBERS.write_text(_json(gather(folder)), encoding="utf-8")
    numbers = json.loads(NUMBERS.read_text(encoding="utf-8"))
    PAGE.write_text(page(numbers), encoding="utf-8")
    draw(numbers)


def _json(numbers: Mapping[str, Any]) -> str:
    """Return the numbers, a line to each quantity's counts."""
    text = json.dumps(numbers, ensure_ascii=False, indent=1)
    parts = text.split("[\n")
    return "[".join([parts[0], *(_joined(part) for part in parts[1:])]) + "\n"


def _joined(part: str) -> str:
    head, closed, rest = part.partition("]")
    if "{" in head:
        return "\n" + part
    return " ".join(head.split()) + closed + rest


if __name__ == "__main__":
    main()
