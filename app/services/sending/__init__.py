"""What leaves the house: mail and webhooks."""
