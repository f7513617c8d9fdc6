"""Online Retail II: the order lines of a real web shop; stock, costs and suppliers are made up around them."""
