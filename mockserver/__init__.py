"""A mock upstream LLM server: one YAML scenario, served faithfully on every wire of the gateway."""

__version__ = "0.1.0"
