"""Damaged characters of a text -> the readings offered for them."""
