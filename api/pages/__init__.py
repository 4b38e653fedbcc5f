"""The pages that officers see, rendered on the server. They work without JavaScript; the widget takes over the chat where there is some."""
