"""Members of managed groups: what their cards say, and lists that cannot be believed."""
