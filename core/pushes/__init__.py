"""Pushes: planned from facts, delivered once, never lost (architecture §4)."""
