"""Known effects on demand, pooled over the company: weekday, season, promotion, price, holiday, launch."""
