"""Read text as typed values and write it again: scalars, shapes, delimiters, pairs, media types, JSON."""
