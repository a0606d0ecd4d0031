"""The radar inside the back office: lists, drafts and approval, the short status form, imports, requests."""
