"""Documents before any question: reading, cleaning, splitting, embedding, storing, searching."""
