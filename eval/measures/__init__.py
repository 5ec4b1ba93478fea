"""What is measured: pure functions from questions and answers to metrics and their intervals."""
