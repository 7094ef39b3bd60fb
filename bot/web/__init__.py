"""Addresses for machines: /healthz, /readyz, /metrics."""
