"""Routes for marketers: audiences, lists, campaigns, contact care."""
