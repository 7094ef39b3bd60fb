"""What a row of a score sheet says: the verdict, and whether its figures bear it out (domain §5)."""

from core.scores.models import Verdict

PASS_SCORE = 80.0  # of a programme without a 合格线 of its own, unless the settings say otherwise
ROUNDING = 1.0  # points that a PT score may differ from acceptable ÷ total


def rate(acceptable: int | None, total: int | None) -> float | None:
    """acceptable ÷ total × 100; None where either is not known or nothing was counted."""
    return None if acceptable is None or not total else 100 * acceptable / total


def verdict_of(
    official: Verdict | None, pt: float | None, counted: float | None, *, scored: bool, pass_score: float
) -> Verdict:
    """The official verdict wins, else the PT score, else the arithmetic. Nothing at all, or a programme that
    is not scored, is NOT_SCORED: never 0, never a failure (guide part 3.5)."""
    if not scored:
        return official if official is Verdict.NOT_APPLICABLE else Verdict.NOT_SCORED
    if official is not None:
        return official
    value = counted if pt is None else pt
    if value is None:
        return Verdict.NOT_SCORED
    return Verdict.SATISFACTORY if value >= pass_score else Verdict.UNSATISFACTORY


def disagree(verdict: Verdict, pt: float | None, counted: float | None, pass_score: float) -> bool:
    """Whether staff should look: PT score and arithmetic differ, or the verdict fits one of them badly."""
    if pt is not None and counted is not None and abs(pt - counted) > ROUNDING:
        return True
    if verdict not in (Verdict.SATISFACTORY, Verdict.UNSATISFACTORY):
        return False
    passed = verdict is Verdict.SATISFACTORY
    return any((value >= pass_score) is not passed for value in (pt, counted) if value is not None)
