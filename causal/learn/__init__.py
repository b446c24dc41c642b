"""Learning: judgements and cases to a posterior, with PyMC, and a gate before anything is reported."""
