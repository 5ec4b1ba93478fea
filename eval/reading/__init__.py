"""Training of the probes that read with the language model: samples -> states -> head.safetensors."""
