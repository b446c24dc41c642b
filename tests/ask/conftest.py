"""The referees of the exact floor judge this one as well."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "exact"))
