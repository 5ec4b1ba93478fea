"""Display text -> its articles, headings, sections, sentences and titles. Pure."""
