"""Enrolment: the yearly window, who takes part in which programme."""
