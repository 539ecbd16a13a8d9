"""What comes in: batches, referrals, their media, the states they pass through and the cases people link them to."""
