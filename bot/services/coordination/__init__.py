"""Requests to the contacts of agencies and providers."""
