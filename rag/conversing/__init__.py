"""A conversation so far and a new question -> the parts of which the standalone question is made."""
