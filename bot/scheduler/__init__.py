"""Ticks only: what must happen is in the tables, so a lost timer loses nothing."""
