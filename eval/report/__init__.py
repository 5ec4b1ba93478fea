"""What people read: report.json as a page, as Markdown and as tables."""
