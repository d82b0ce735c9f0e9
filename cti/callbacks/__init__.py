"""Call-backs on a real Asterisk: the book of acd/callback_book.py carried out over AMI and FastAGI.

`desk` is the one that is spoken to; a `stay` is one call-back in its queue until its customer was dialled.
"""
