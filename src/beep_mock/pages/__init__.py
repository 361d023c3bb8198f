"""The built-in pages for people: the index, the docs, and what they load."""
