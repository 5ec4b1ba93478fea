"""Passages of a collection -> proposed questions: where to ask, what for, how it is written, and whether it holds."""
