"""HTTP/1.1 for the thread server: requests in, answers out."""
