"""Questions with and without an answer -> samples, the weights of rag.answerability, and how well they tell them apart."""
