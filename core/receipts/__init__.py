"""Samples signed for (domain §3)."""
