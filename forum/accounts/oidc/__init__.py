"""Signing in by OpenID Connect: authorisation code with PKCE at one provider, such as a city's Keycloak.

`views` are the doors, `flow` knows what this browser has begun, `provider` speaks with the provider and `checking` decides what
of its words to believe; `claims` reads them, `services` turn them into an account and its sessions.
"""
