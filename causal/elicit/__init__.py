"""Judgement to distribution: what was stated, the belief nearest to it, and how near that is."""

from causal.elicit.belief import Belief, Beta, LogitNormal, LogNormal, Normal, Point, TruncatedNormal
from causal.elicit.coding import Coding, between, line, refitted, restated
from causal.elicit.cuts import Cuts, fit_cuts, weak_cuts
from causal.elicit.fit import (
    Fit,
    fit_log,
    fit_log_odds,
    fit_net,
    fit_normal,
    fit_offset,
    fit_probability,
    fit_ratio,
)
from causal.elicit.marginal import CutMarginal, Gap
from causal.elicit.pooling import (
    Consensus,
    LogPool,
    Spread,
    effective,
    hierarchical,
    hierarchical_cuts,
    log_pool,
    log_pool_cuts,
    spread,
)
from causal.elicit.scale import Linear, Log, LogOdds, Scale, Share
from causal.elicit.simplex import concentrations, dirichlet, exact_sticks, flat, jeffreys, least, rescaled, sticks
from causal.elicit.stated import DIFFERENCE, PROBABILITY, QUOTIENT, SAYS, Stated, Support, stated
from causal.elicit.weak import WEAK
from causal.elicit.weighing import Performance, performance, weights

__all__ = [
    "DIFFERENCE",
    "PROBABILITY",
    "QUOTIENT",
    "SAYS",
    "WEAK",
    "Belief",
    "Beta",
    "Coding",
    "Consensus",
    "CutMarginal",
    "Cuts",
    "Fit",
    "Gap",
    "Linear",
    "Log",
    "LogNormal",
    "LogOdds",
    "LogPool",
    "LogitNormal",
    "Normal",
    "Performance",
    "Point",
    "Scale",
    "Share",
    "Spread",
    "Stated",
    "Support",
    "TruncatedNormal",
    "between",
    "concentrations",
    "dirichlet",
    "effective",
    "exact_sticks",
    "fit_cuts",
    "fit_log",
    "fit_log_odds",
    "fit_net",
    "fit_normal",
    "fit_offset",
    "fit_probability",
    "fit_ratio",
    "flat",
    "hierarchical",
    "hierarchical_cuts",
    "jeffreys",
    "least",
    "line",
    "log_pool",
    "log_pool_cuts",
    "performance",
    "refitted",
    "rescaled",
    "restated",
    "spread",
    "stated",
    "sticks",
    "weak_cuts",
    "weights",
]
