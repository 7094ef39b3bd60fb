"""Certificates of a year, invisible until they are released."""
