"""A second verifier of certificates, written from the documentation alone (README.md)."""
