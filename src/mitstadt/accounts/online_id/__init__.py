"""Login with the city's identity provider (OpenID Connect): what is verified, what is kept, what is thrown away."""
