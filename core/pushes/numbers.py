"""Numbers in references: announcements to groups are counted. What only some people see has a number drawn from
what it is, so that nobody can read from his own how many others were written to, or what they did."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from core.pushes.models import Target

DRAWN = 100_000  # counted ones are smaller, drawn ones have six digits
RESUMED = 1_000_000  # after a restore (db/restore/held.py) counting goes on somewhere behind this
RESTORED = 10_000_000  # from here on marks of restores: what is drawn later is another number


def draw(seed: str, taken: set[int]) -> int:
    """A number of six digits told by nothing but the seed; the next one that is free. It is taken then."""
    if (restored := max(taken, default=0)) >= RESTORED:
        seed = f"{seed} {restored}"
    found = DRAWN + int.from_bytes(blake2b(seed.encode(), digest_size=8).digest()) % (9 * DRAWN)
    while found in taken:
        found += 1
    taken.add(found)
    return found


def ordinals(targets: Iterable[Target], taken: set[int]) -> Iterator[int]:
    """Of deliveries within their push: groups 1, 2, 3 …"""
    following = max((one for one in taken if one < DRAWN), default=0)
    for target in targets:
        if target.place == "private":
            yield draw(str(target), taken)
        else:
            following += 1
            yield following
