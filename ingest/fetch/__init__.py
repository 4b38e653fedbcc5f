"""Fetches the publishers' originals from the web, safely and politely.

address.py    which URLs and addresses may be visited at all
transport.py  a connection to exactly the address that was checked, within a time limit
visit.py      one visit: redirects followed by ourselves, each checked again; size limits
robots.py     what robots.txt lets us read
session.py    visits with manners: robots.txt, a delay a host, retries, giving up on a host
download.py   one source fetched and kept: what became of it
links.py      one source looked at without being kept
"""
