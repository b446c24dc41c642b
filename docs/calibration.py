"""Simulation-based calibration of the families in docs/calibration/: the generator of docs/calibration.md.

    python docs/calibration.py [--simulations 1000]          simulate what is missing, write the page
    python docs/calibration.py --cluster tcp://host:port     the same on a scheduler of dask.distributed
    python docs/calibration.py --page                        write the page from calibration.json

Simulations are jobs (causal/learn/batches.py), kept in the store by the digest of all that they depend on. So a run
that was killed goes on where it was, does nothing twice, and mixes no two versions.

The verdict (causal/ask/calibrated.py) is family-wise over all quantities of all families.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import causal
from causal.ask.calibrated import Calibrated, Ranked
from causal.cli import screen
from causal.errors import CausalError
from causal.learn.batches import BATCH, identity, simulate, sources
from causal.learn.calibrating import DRAWS, Calibration
from causal.learn.entries import versions
from causal.spec.grammar import parse_question
from causal.spec.priors import POOLED
from causal.tell.pictures.calibrated import calibrated_figure
from causal.tell.pictures.figure import png

PAGE = Path(__file__).with_suffix(".md")
NUMBERS, PICTURE, FOLDER = PAGE.with_suffix(".json"), PAGE.with_suffix(".png"), PAGE.with_suffix("")
SEED, SIMULATIONS = 1912, 1000
BAR = "\\|"  # inside a table
DPI = 85

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


def calibration(family: str, expert: str) -> Calibration:
    """Return a family's posterior to be calibrated."""
    study = causal.load(FOLDER / f"{family}.yaml", FOLDER / f"{family}-priors.yaml")
    asked = tuple(parse_question(text) for text in FAMILIES[family][1])
    return Calibration(study.model, study.priors, expert, asked)


def posteriors(only: str = "") -> Iterator[Calibration]:
    """Yield every posterior that is calibrated, or those of one family."""
    for family, (experts, _) in FAMILIES.items():
        for expert in experts:
            if only in ("", family):
                yield calibration(family, expert)


def digest() -> str:
    """Return the digest of all that the simulations depend on."""
    facts = [SEED, BATCH, sources(), versions(), [identity(each) for each in posteriors()]]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def numbers(
    simulations: int, only: str = "", cluster: str | None = None, told: Callable[[int, int], object] = lambda *_: None
) -> dict[str, Any]:
    """Simulate what is missing, and return what the page is made from."""
    several = list(posteriors(only))
    found = map(Ranked.of, several, simulate(several, simulations, SEED, cluster, told))
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "digest": digest(),
        "versions": {"python": platform.python_version(), **versions()},
        "posteriors": [asdict(each) for each in found],
    }


def calibrated(numbers: Mapping[str, Any]) -> Calibrated:
    """Return what was found as the package tells it."""
    return Calibrated(tuple(Ranked(**each) for each in numbers["posteriors"]))


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
    found = calibrated(numbers)
    families = []
    for each in found.posteriors:
        shares = [row.coverage[0] for row in each.rows]
        families.append(
            f"| {each.model} | {each.expert} | {each.simulations:,} | {len(each.failures)} | {each.longer} | "
            f"{each.divergences} in {each.divergent} | {len(each.rows)} | {min(row.p for row in each.rows):.2g} | "
            f"{min(shares):.3f} to {max(shares):.3f} | {each.seconds} |"
        )
    text = HEAD.format(
        date=numbers["date"],
        digest=numbers["digest"],
        versions=", ".join(f"{name} {number}" for name, number in numbers["versions"].items()),
        quantities=len(found.rows),
        limit=found.limit,
        off=len(found.off),
        out=len(found.out),
        failed=len(found.failures),
        simulations=found.simulations,
        families="\n".join(families),
        draws=DRAWS,
        picture=PICTURE.name,
        rows="\n".join(
            f"| {row.model} | {row.expert} | `{row.quantity.replace('|', BAR)}` | {row.p:.2g} | "
            f"{row.coverage[0]:.3f} | {row.coverage[1]:.2g} |"
            for row in found.rows
        ),
    )
    if found.failures:
        reasons = sorted(set(found.failures))
        text += "\n## What failed\n\n"
        text += "".join(f"- {found.failures.count(reason)} times: {reason}\n" for reason in reasons)
    return text


def write(numbers: Mapping[str, Any]) -> None:
    """Write page and picture."""
    PAGE.write_text(page(numbers), encoding="utf-8")
    PICTURE.write_bytes(png(calibrated_figure(calibrated(numbers)), DPI))


def main() -> None:
    """Simulate what is missing, and write numbers, page and picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=SIMULATIONS, help="of every posterior")
    parser.add_argument("--only", default="", choices=["", *FAMILIES], help="simulate this family alone, write no page")
    parser.add_argument("--cluster", help="a scheduler of dask.distributed: tcp://host:port, or local")
    parser.add_argument("--page", action="store_true", help="simulate nothing: the page from the numbers that are kept")
    options = parser.parse_args()
    if not options.page:
        try:
            with screen.counting("calibrating", "batches") as told:
                found = numbers(options.simulations, options.only, options.cluster, told)
        except KeyboardInterrupt as stop:
            screen.tell(f"interrupted; {'; '.join(getattr(stop, '__notes__', ['nothing is lost']))}")
            sys.exit(130)
        except CausalError as error:
            screen.tell(str(error))
            sys.exit(error.exit_code)
        if options.only:
            screen.show(calibrated(found).text)
            return
        NUMBERS.write_text(_json(found), encoding="utf-8")
    write(json.loads(NUMBERS.read_text(encoding="utf-8")))


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
