"""From a request to an answer: publishing, snapshots, the service, lists."""
