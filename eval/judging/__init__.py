"""The optional judge by a language model, apart from the metrics."""
