"""The pages that the service itself serves: plain files that use the public API, no build step."""
