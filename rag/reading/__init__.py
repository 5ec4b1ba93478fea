"""What was trained to read with the language model: linear probes, and where they come from."""
