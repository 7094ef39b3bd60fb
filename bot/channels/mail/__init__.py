"""Electronic mail: a second way for alarms, one way only."""
