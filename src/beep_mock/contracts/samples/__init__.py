"""Values that a schema allows: made where a document shows none, and corrected where what it shows is wrong."""
