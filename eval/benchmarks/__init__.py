"""Public benchmarks: shared data sets -> the product's answers and hits, scored by each set's published rules."""
