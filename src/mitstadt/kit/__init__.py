"""No models: clock, Decision, errors, ids, city configuration, UI components, API and page basics."""
