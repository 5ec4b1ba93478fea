"""What runs inside a peer's own environment: driver.py and a script for each peer, which import nothing of ours."""
