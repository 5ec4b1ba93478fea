"""The cross-encoder that reranks: its network, its artefact, and how it is trained."""
