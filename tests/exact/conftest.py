"""The referees beside these tests are modules of their own: enumeration, structural, imagining."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
