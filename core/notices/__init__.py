"""What staff do of their own accord: free notices, reminders now, taking back, telephoning."""
