"""How well damaged characters are found and read: on pairs of damaged and correct lines, and on places listed by hand."""
