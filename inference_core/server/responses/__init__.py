"""OpenAI's Responses API: over HTTP, and over one WebSocket with lanes and steering."""
