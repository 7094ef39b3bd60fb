"""WeCom's group robots: a webhook a group, one way only (architecture §6)."""
