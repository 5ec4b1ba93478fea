"""The engines that write: transformers and llama.cpp in this process, or a server; all behind rag.generate.Generator."""
