"""Requests: what people ask of staff and staff decide, one numbering for all."""
