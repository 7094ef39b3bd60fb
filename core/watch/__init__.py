"""Is everything well: which troubles there are, when staff hear of them, and the daily sign of life."""
