"""Scenario files: YAML on one side, frozen values on the other."""
