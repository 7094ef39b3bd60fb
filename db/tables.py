"""Importing this module makes the metadata complete."""

from db import (
    access,
    activities,
    agreements,
    audit,
    bindings,
    certificates,
    enrolment,
    imports,
    labs,
    members,
    pushes,
    receipts,
    requests,
    scores,
)
from db.types import metadata

__all__ = [
    "access",
    "activities",
    "agreements",
    "audit",
    "bindings",
    "certificates",
    "enrolment",
    "imports",
    "labs",
    "members",
    "metadata",
    "pushes",
    "receipts",
    "requests",
    "scores",
]
