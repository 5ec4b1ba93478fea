"""The indexes derived from the store: kept as snapshots, following its changes."""
