"""What is kept of people, for how long, and how it is erased (issue 5.8, domain §7)."""

ERASED = "erased"  # stands where an account stood
NOBODY = f"cli:{ERASED}"  # the same where an account must stand, and which nobody is told of
