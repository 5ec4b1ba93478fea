"""Search judged on folders in BEIR layout, with kept vectors."""
