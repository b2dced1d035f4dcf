"""Running an installation: what it says about itself (logs, metrics, checks), and how it is backed up and restored."""
