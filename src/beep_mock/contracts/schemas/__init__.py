"""JSON Schema: rewrite every dialect as 2020-12, bound its patterns, compile one validator per document."""
