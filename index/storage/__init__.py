"""What the store is made of: tables, rows, reading and writing, soundness, salvage."""
