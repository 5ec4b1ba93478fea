"""Other systems beside ours on the same documents, questions, encoder and language model, each in its tutorial's form."""
