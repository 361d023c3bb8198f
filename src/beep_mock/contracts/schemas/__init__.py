"""JSON Schema: every dialect rewritten as 2020-12, its patterns bounded, one compiled validator a document."""
