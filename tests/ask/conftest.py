"""The referees of the exact floor judge this one as well; changes.py, beside this, is one of its own."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "exact")]
