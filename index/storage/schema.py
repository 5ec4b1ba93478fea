"""The tables of a store, version 2: documents with their seal, texts, passages, vectors, and keys of like sentences.

Every row of a document is covered by its seal, so that a whole document can be told from a torn one, and by nothing
else: what the tables hold beside it (indexes, likeness) is made again from it.
"""

from __future__ import annotations

FILE = "judian.sqlite"
SCHEMA_VERSION = "2"
PAGE = 4096  # bytes; fixed, so that a file without its head can be read page by page

HEADER = (  # columns of a document that its seal covers, in order; `id` stands before them and `seal` after
    "name",
    "collection",
    "path",
    "sha256",
    "title",
    "date",
    "added_at",
    "encoder",
    "characters",
    "pages",
    "passages",
    "sentences",
    "content",
)

INDEXES = {"documents_by_name", "passages_of_document"}

STATEMENTS = (
    "CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE documents (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, collection TEXT NOT NULL, path TEXT NOT NULL,
  sha256 TEXT NOT NULL, title TEXT NOT NULL, date TEXT NOT NULL, added_at TEXT NOT NULL, encoder TEXT NOT NULL,
  characters INTEGER NOT NULL, pages INTEGER NOT NULL, passages INTEGER NOT NULL, sentences INTEGER NOT NULL,
  content TEXT NOT NULL, seal TEXT NOT NULL)""",
    # all columns: documents() reads it in order of name, and it is a second copy when a page is lost
    f"CREATE INDEX documents_by_name ON documents ({', '.join(HEADER)}, seal)",
    """CREATE TABLE contents (
  document_id INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE, text TEXT NOT NULL, extract BLOB NOT NULL)""",
    """CREATE TABLE passages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
  section TEXT NOT NULL, page INTEGER, start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL,
  repairs TEXT NOT NULL, sentences TEXT NOT NULL, keys BLOB NOT NULL)""",
    "CREATE INDEX passages_of_document ON passages (document_id)",
    # apart from the passages, so that their texts are read without passing over the vectors
    """CREATE TABLE vectors (
  passage_id INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, matrix BLOB NOT NULL)""",
    """CREATE TABLE likeness (
  key INTEGER NOT NULL, passage_id INTEGER NOT NULL, place INTEGER NOT NULL,
  PRIMARY KEY (key, passage_id, place)) WITHOUT ROWID""",
)
