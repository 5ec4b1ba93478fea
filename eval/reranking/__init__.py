"""Sets and news -> what the reranker of rag/ is trained on, and what it is measured on."""
