"""One reader per family of files: bytes on disk -> extracted source text."""
