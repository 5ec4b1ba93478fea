"""Source text -> the spans that are not the author's: website text, page furniture, broken lines, stray blanks. Pure."""
