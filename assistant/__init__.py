"""Answers questions from guidance it holds, with a cited passage behind every statement."""
