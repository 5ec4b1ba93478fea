"""The commands of python -m eval, one module each: `add` gives a command its arguments and what it runs."""
