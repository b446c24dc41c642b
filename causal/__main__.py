"""``python -m causal``: the same as the command ``causal``."""

from causal.cli import main

main()
