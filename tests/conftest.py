"""The detectors beside this, and the referees of the exact floor that they ask, are modules of their own."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "exact")]
