"""What may be searched and what was: permits, searches and their candidate lists, links to other referrals."""
