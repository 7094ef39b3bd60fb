"""The log of who did what: a chain that shows tampering, though names can be erased from it (issue 5, item 7)."""
