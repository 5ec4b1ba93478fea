"""The same questions asked otherwise: damaged, in Traditional script, reworded, among distractors."""
