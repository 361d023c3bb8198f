"""Find the operation that a request is for: path templates, server paths, and the URLs that operations share."""
