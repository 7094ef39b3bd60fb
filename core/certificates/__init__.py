"""Certificates, invisible until they are released."""
