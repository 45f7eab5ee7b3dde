"""All knowledge of TMDB: its wire, its client, and when one of its titles is the film that is meant."""
