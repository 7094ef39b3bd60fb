"""Importing this module makes the metadata complete."""

from db import access, activities, imports, labs, pushes
from db.types import metadata

__all__ = ["access", "activities", "imports", "labs", "metadata", "pushes"]
