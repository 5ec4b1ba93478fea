"""What went wrong -> one Chinese sentence that says how to mend it."""


class JudianError(Exception):
    """A failure the user can mend; str(error) is the Chinese message shown."""
