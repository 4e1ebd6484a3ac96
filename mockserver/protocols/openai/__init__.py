"""The OpenAI API: Chat Completions, Responses, models."""
