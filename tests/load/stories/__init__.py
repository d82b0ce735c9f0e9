"""Random call stories on real Asterisk and telephones: plan, performance, and what the record must say of them."""
