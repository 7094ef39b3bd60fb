"""Numbers in references: announcements to groups are counted. What only some people see has a number drawn from
what it is, so that nobody can read from his own how many others were written to, or what they did."""

from hashlib import blake2b

from core.pushes.models import Target

DRAWN = 100_000  # counted ones are smaller
RESTORED = 10_000_000  # from here on marks of restores (db/restore/held.py): what is drawn later is another number


def draw(seed: str, taken: set[int]) -> int:
    """A number of six digits told by nothing but the seed; the next one that is free. It is taken then."""
    if (restored := max(taken, default=0)) >= RESTORED:
        seed = f"{seed} {restored}"
    found = DRAWN + int.from_bytes(blake2b(seed.encode(), digest_size=8).digest()) % (9 * DRAWN)
    while found in taken:
        found += 1
    taken.add(found)
    return found


def ordinal(target: Target, taken: set[int]) -> int:
    """Of a delivery within its push: groups 1, 2, 3 …"""
    if target.place == "private":
        return draw(str(target), taken)
    following = max((one for one in taken if one < DRAWN), default=0) + 1
    taken.add(following)
    return following
