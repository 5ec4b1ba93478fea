"""What all tests share: properties have no deadline, since a shared machine may be slow for a moment."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("judian", deadline=None)
settings.load_profile("judian")
