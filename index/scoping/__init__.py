"""What a question calls by name, by number or by year, and what of the store goes by it."""
