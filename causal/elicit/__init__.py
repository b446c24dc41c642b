"""Judgement to distribution: what was stated, the belief nearest to it, and how near that is."""

from causal.elicit.belief import Belief, Beta, LogitNormal, LogNormal, Normal, Point, TruncatedNormal
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
from causal.elicit.scale import Linear, Log, LogOdds, Scale, Share
from causal.elicit.simplex import concentrations, dirichlet, exact_sticks, flat, jeffreys, least, sticks
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
    "CutMarginal",
    "Cuts",
    "Fit",
    "Gap",
    "Linear",
    "Log",
    "LogNormal",
    "LogOdds",
    "LogitNormal",
    "Normal",
    "Performance",
    "Point",
    "Scale",
    "Share",
    "Stated",
    "Support",
    "TruncatedNormal",
    "concentrations",
    "dirichlet",
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
    "jeffreys",
    "least",
    "performance",
    "stated",
    "sticks",
    "weak_cuts",
    "weights",
]
