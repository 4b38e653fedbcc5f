"""The record of an answer for a council's file: what an auditor can check years later, without this service."""
