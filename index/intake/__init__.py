"""Files and folders -> the store: finding, comparing, reading in a process apart, encoding in pools, watching."""
