"""From files to the nodes of a document: text, YAML and JSON, references, and where each node stands."""
