"""Parameters as declared, as they travel (style, explode, content), and as typed values."""
