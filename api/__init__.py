"""The assistant over HTTP, for integrators, and the chat page, for officers."""
