"""Harnesses that throw hostile inputs at winnow for hours; the quick versions are ``tests/hostile``. Not shipped in the
wheel."""
