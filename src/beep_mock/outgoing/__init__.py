"""Send requests to other servers: callbacks, webhooks, and traffic for real peers."""
