"""The review page: proposals one after another, for a person to accept, edit or drop. Local, without Gradio."""
