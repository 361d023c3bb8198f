"""Values that a schema allows: made where a document shows none, and mended where what it shows is wrong."""
