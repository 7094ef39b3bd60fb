"""Is everything well: what is watched, and how staff hear of it when it is not."""
