"""Measurements with bars: `python -m benchmarks.inbound`, `python -m benchmarks.imports` (`--quick` for short)."""
