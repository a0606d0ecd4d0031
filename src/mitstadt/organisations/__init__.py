"""City departments, associations and providers; memberships and roles."""
