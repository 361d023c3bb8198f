"""What a consumer needs: recording pacts."""
