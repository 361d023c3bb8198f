"""Bodies as media types write them, and the values that they carry: JSON, forms, XML, streams."""
