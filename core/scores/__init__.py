"""Scores: what the centre returns, invisible until it is released."""
