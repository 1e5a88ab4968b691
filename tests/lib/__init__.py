"""What every suite here shares: a small Jupyter client, a pool to talk to, and the faults to inject."""
