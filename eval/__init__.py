"""Evaluation: gold questions and answers -> scores and reports."""
