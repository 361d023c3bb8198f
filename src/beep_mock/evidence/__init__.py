"""Evidence: what verifications have proved about a provider's interactions, kept for those who answer by them."""
