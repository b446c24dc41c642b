"""From an edited number to the new answer, beside the time that ``import pymc`` takes on the same machine.

    cold     nothing compiled, nothing drawn: the first question ever asked on a machine
    warm     a fresh process whose code is compiled; one judgement edited since the draws were made
    same     the same edit in the process that drew before it
    stored   a fresh process, nothing edited: the answer comes from the draws that are kept

Everything is done with caches of its own, in a temporary folder. A run is a fresh interpreter, timed from outside
where it is one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import causal

ROOT = Path(__file__).resolve().parent.parent
CASES = {
    "rain": "P(grass = wet | do(rain = heavy))",
    "ussr": "P(stalinist_outcome = yes | do(germany_1923 = yes))",
}
TIMES = 3  # the least of so many is what the machine can do
MEDIAN = re.compile(r"\b(50|best): (0?\.\d+)")
ASK = """
import sys, time
import causal
def answer(priors):
    return causal.load(sys.argv[1], priors).sample(seed=1).ask(sys.argv[2]).mean
answer(sys.argv[3])
if len(sys.argv) > 4:
    started = time.perf_counter()
    answer(sys.argv[4])
    print(time.perf_counter() - started)
"""


def edits(case: str, folder: Path) -> list[Path]:
    """Write the case's priors many times, with another median of a judgement that is evidence each time."""
    study = causal.load(case)
    lines = Path(study.priors.path).read_text(encoding="utf-8").splitlines()
    first = study.elicited.evidence[-1].judgement.line - 1
    row = next(row for row in range(first, len(lines)) if MEDIAN.search(lines[row]))
    found = []
    for number in range(1 + 3 * TIMES):
        shift = number / 1000
        moved = MEDIAN.sub(lambda said, shift=shift: f"{said[1]}: {float(said[2]) + shift:.4f}", lines[row])
        found.append(folder / f"{case}-{number}.yaml")
        found[-1].write_text("\n".join([*lines[:row], moved, *lines[row + 1 :]]), encoding="utf-8")
    return found


def run(source: str, *arguments: str | Path) -> tuple[float, str]:
    """Run Python on a source and return the seconds it took and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", source, *map(str, arguments)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return time.perf_counter() - started, done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        run("import pymc")
        unit = min(run("import pymc")[0] for _ in range(TIMES))
        print(f"import pymc {unit:.2f} s")
        print("        cold    warm    same  stored   in s; then warm and same in imports of pymc")
        for case, question in CASES.items():
            os.environ |= {"CAUSAL_CACHE": f"{name}/{case}", "NUMBA_CACHE_DIR": f"{name}/{case}-compiled"}
            unedited, *edited = edits(case, Path(name))
            model = ROOT / "models" / f"{case}.yaml"
            cold, _ = run(ASK, model, question, unedited)
            warm = min(run(ASK, model, question, edited.pop())[0] for _ in range(TIMES))
            same = min(float(run(ASK, model, question, edited.pop(), edited.pop())[1]) for _ in range(TIMES))
            stored = min(run(ASK, model, question, unedited)[0] for _ in range(TIMES))
            figures = "".join(f"{each:8.2f}" for each in (cold, warm, same, stored))
            print(f"{case:6s}{figures}   {warm / unit:.2f} {same / unit:.2f}")


if __name__ == "__main__":
    main()
