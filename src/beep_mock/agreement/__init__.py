"""Ask a mock and a provider (or Prism) the same requests, and find the smallest request on which they differ."""
