"""What the chat window shows: answers and sources as HTML, and the state of each tab. Only ui.py imports it."""
