"""The floor's public names, and that its import stays light."""

import subprocess
import sys

import causal.elicit


def test_every_public_name_exists() -> None:
    assert sorted(causal.elicit.__all__) == sorted(set(causal.elicit.__all__))
    assert all(hasattr(causal.elicit, name) for name in causal.elicit.__all__)


def test_importing_loads_no_part_of_scipy_that_is_slow() -> None:
    program = (
        "import sys, causal.elicit; print(*(set(sys.modules) & {'scipy.special', 'scipy.optimize', 'scipy.stats'}))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
